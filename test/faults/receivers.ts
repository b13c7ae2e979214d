/** A request as it arrived. */
export interface Receipt {
  at: number;
  url: string;
  /** Undefined at Slack. */
  webhookId: string | undefined;
  /** The headers `tidings-first-id` and `tidings-last-id`, if it is a batch of a stream. */
  bounds: string | undefined;
  /** The status of the response. */
  status: number;
  /** The IDs of the events in it. */
  eventIds: number[];
  /** True if the receiver accepted it. */
  isAccepted: boolean;
  /** True if the response was lost, so that the sender saw a failure. */
  isResponseLost: boolean;
  /** When the lease of its deliveries began, which is when its invocation began. */
  leasedAt: number;
}

export interface Reply {
  status: number;
  body?: string;
  /** The time until the response comes. */
  afterMs?: number;
}

/** The response of a receiver to a body at a time. `times` counts the requests with this body. */
export type Receiver = (body: string, at: number, times: number) => Reply;

export const accepts: Receiver = () => ({ status: 200 });

export class Receivers {
  readonly receipts: Receipt[] = [];
  readonly #receivers: Record<string, Receiver>;
  readonly #times = new Map<string, number>();

  constructor(receivers: Record<string, Receiver>) {
    this.#receivers = receivers;
  }

  receive(
    { url, headers, body }: Pick<Receipt, "url"> & { headers: Headers; body: string },
    when: { at: number; leasedAt: number },
  ): { reply: Reply; receipt: Receipt } {
    const times = (this.#times.get(url + body) ?? 0) + 1;
    this.#times.set(url + body, times);
    const reply = (this.#receivers[url] ?? accepts)(body, when.at, times);
    const webhookId = headers.get("webhook-id") ?? undefined;
    const eventIds = webhookId === undefined ? idsInText(body) : idsInLines(body);
    const [first, last] = [headers.get("tidings-first-id"), headers.get("tidings-last-id")];
    const bounds = first === null ? undefined : `${first}-${last}`;
    const { status } = reply;
    const seen = { url, webhookId, bounds, status, eventIds };
    const receipt = { ...seen, isAccepted: status < 300, isResponseLost: false, ...when };
    this.receipts.push(receipt);
    return { reply, receipt };
  }
}

/** A webhook contains one event, and a batch of a stream one on each line. */
export function idsInLines(body: string): number[] {
  const lines = body.split("\n").filter((line) => line !== "");
  return lines.map((line) => Number((JSON.parse(line) as { id: string }).id));
}

/** A message for Slack contains the ID of each event in a link. */
function idsInText(body: string): number[] {
  return [...body.matchAll(/\|Event (\d+)>/g)].map(([, id]) => Number(id));
}
