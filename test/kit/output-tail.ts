import { stripVTControlCharacters } from "node:util";

const KEPT_CHARACTERS = 12_000;
const SHOWN_LINES = 30;

/** The end of the service's output, to be shown if something fails. Secrets are removed. */
export class OutputTail {
  #text = "";
  readonly #secrets: string[];

  constructor(secrets: (string | undefined)[]) {
    this.#secrets = secrets.filter((secret) => secret !== undefined);
  }

  readonly add = (text: string): void => {
    this.#text = (this.#text + text).slice(-KEPT_CHARACTERS);
  };

  toString(): string {
    const known = this.#secrets.reduce((text, secret) => text.replaceAll(secret, "(secret)"), this.#text);
    const text = known.replace(/whsec_[\w+/=-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "(secret)");
    return stripVTControlCharacters(text).trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
  }
}
