/** A request as it arrived. */
export interface Receipt {
  at: number;
  url: string;
  /** Undefined at Slack. */
  webhookId: string | undefined;
  /** The IDs of the events in it. */
  eventIds: number[];
  /** True if the receiver accepted it. */
  isAccepted: boolean;
  /** True if the response was lost, so that the sender saw a failure. */
  isResponseLost: boolean;
  /** When the invocation that sent it began, and so its lease. */
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
    const eventIds = webhookId === undefined ? idsInText(body) : [Number((JSON.parse(body) as { id: string }).id)];
    const receipt = { url, webhookId, eventIds, isAccepted: reply.status < 300, isResponseLost: false, ...when };
    this.receipts.push(receipt);
    return { reply, receipt };
  }
}

/** A message for Slack contains the ID of each event in a link. */
function idsInText(body: string): number[] {
  return [...body.matchAll(/\|Event (\d+)>/g)].map(([, id]) => Number(id));
}
