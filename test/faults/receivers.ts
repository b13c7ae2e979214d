/** A request as it arrived. */
export interface Receipt {
  at: number;
  url: string;
  /** Undefined at Slack. */
  webhookId: string | undefined;
  /** The IDs of the events that it tells of. */
  eventIds: number[];
  /** Whether the receiver said that it has it. */
  isAccepted: boolean;
  /** Whether its answer was lost on the way: for the sender it failed. */
  isUnheard: boolean;
  /** When the invocation began that sent it, which is when its lease began. */
  leasedAt: number;
}

export interface Answer {
  status: number;
  body?: string;
  /** How long it takes to come. */
  afterMs?: number;
}

/** What a receiver answers to a body at a time; `times` counts the requests that it has had with this body. */
export type Receiver = (body: string, at: number, times: number) => Answer;

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
  ): { answer: Answer; receipt: Receipt } {
    const times = (this.#times.get(url + body) ?? 0) + 1;
    this.#times.set(url + body, times);
    const answer = (this.#receivers[url] ?? accepts)(body, when.at, times);
    const webhookId = headers.get("webhook-id") ?? undefined;
    const eventIds = webhookId === undefined ? idsInText(body) : [Number((JSON.parse(body) as { id: string }).id)];
    const receipt = { url, webhookId, eventIds, isAccepted: answer.status < 300, isUnheard: false, ...when };
    this.receipts.push(receipt);
    return { answer, receipt };
  }
}

/** Slack is told the ID of each event in a link to it. */
function idsInText(body: string): number[] {
  return [...body.matchAll(/\|Event (\d+)>/g)].map(([, id]) => Number(id));
}
