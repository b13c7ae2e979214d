import { tidings } from "../../src/client/index.ts";
import { producerToken, type Vars } from "../../scripts/dev-vars.ts";
import { Failure } from "../../scripts/run-script.ts";
import { type ReaderClaims, signReaderToken } from "../../scripts/reader-token.ts";

const TIMEOUT_MS = 20_000;

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The status that this call must get. */
  expected?: number;
}

/** There was no answer, or the service failed at it: what was asked for may have happened, or not. */
export class Unanswered extends Failure {}

/** The service as one who knows only its HTTP interface sees it. */
export class Api {
  readonly #url: string;
  readonly #vars: Vars;
  readonly #signal: AbortSignal;

  constructor(url: string, vars: Vars, signal: AbortSignal) {
    this.#url = url;
    this.#vars = vars;
    this.#signal = signal;
  }

  /** The client that programs use, as this reader. */
  clientOf(reader: ReaderClaims) {
    return tidings(this.#url, () => this.tokenOf(reader));
  }

  /** Ends what goes on when the play is told to. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  get url(): string {
    return this.#url;
  }

  tokenOf(reader: ReaderClaims): Promise<string> {
    return signReaderToken(this.#vars, reader);
  }

  async asReader(reader: ReaderClaims, target: string, call: Call = {}): Promise<Response> {
    return this.#call(target, await this.tokenOf(reader), call);
  }

  async asProducer(target: string, call: Call): Promise<Response> {
    return this.#call(target, producerToken(this.#vars), call);
  }

  async #call(target: string, token: string, { method = "GET", headers, body, expected = 200 }: Call) {
    const response = await fetch(new URL(target, this.#url), {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
    }).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      throw new Unanswered(`${method} ${target} got no answer: ${String(cause)}`);
    });
    if (response.status === expected) return response;
    const answer = (await response.text()).slice(0, 1000);
    const complaint = `${method} ${target} got ${response.status} where ${expected} was expected: ${answer}`;
    throw response.status < 500 ? new Failure(complaint) : new Unanswered(complaint);
  }
}
