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

/** There was no response, or a 5xx. The request may or may not have taken effect. */
export class UnknownResult extends Failure {}

/** The service, used only through its HTTP interface. */
export class Api {
  readonly #url: string;
  readonly #vars: Vars;
  readonly #signal: AbortSignal;

  constructor(url: string, vars: Vars, signal: AbortSignal) {
    this.#url = url;
    this.#vars = vars;
    this.#signal = signal;
  }

  /** The public client, with this reader's token. */
  clientFor(reader: ReaderClaims) {
    return tidings(this.#url, () => this.tokenFor(reader));
  }

  /** Aborts when the script is told to end. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  get url(): string {
    return this.#url;
  }

  tokenFor(reader: ReaderClaims): Promise<string> {
    return signReaderToken(this.#vars, reader);
  }

  async asReader(reader: ReaderClaims, target: string, call: Call = {}): Promise<Response> {
    return this.#call(target, await this.tokenFor(reader), call);
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
      throw new UnknownResult(`${method} ${target} got no response: ${String(cause)}`);
    });
    if (response.status === expected) return response;
    const answer = (await response.text()).slice(0, 1000);
    const complaint = `${method} ${target} got ${response.status} instead of ${expected}: ${answer}`;
    throw response.status < 500 ? new Failure(complaint) : new UnknownResult(complaint);
  }
}
