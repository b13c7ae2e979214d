/**
 * A number that a double would change. `JSON.stringify` writes its source text unchanged: 1763859600123456789, 1.10.
 */
export interface RawNumber {
  readonly rawJSON: string;
}

// TypeScript's library does not describe the JSON.parse source text access proposal yet.
declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
  }
}

export function isRawNumber(value: unknown): value is RawNumber {
  return JSON.isRawJSON(value);
}

/** Thrown for valid JSON that is not accepted. `path` has the keys and indexes that lead to the wrong value. */
export class RefusedJson extends Error {
  override readonly name = "RefusedJson";
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Parses JSON without two losses of `JSON.parse`: digits of numbers, and duplicate keys. A number that a double would
 * change becomes a `RawNumber`; an integer of up to 15 digits becomes a number.
 * @throws SyntaxError if the text is not JSON; RefusedJson for a duplicate key, and for more than 100 levels.
 */
export function parseExactJson(text: string): unknown {
  return new Parser(text).parse();
}

/** An array of events whose `data` has 64 levels needs fewer, and the stack allows many more. */
const MAX_DEPTH = 100;

/** A double holds every integer of up to 15 digits exactly. */
const MAX_SAFE_LENGTH = 15;

// RFC 8259 §6 and §7. With the flag `y`, a pattern matches only at `lastIndex`.
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const UNESCAPED = /[ !#-[\]-\uffff]*/y;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const [SPACE, TAB, LINE_FEED, CARRIAGE_RETURN] = [0x20, 0x09, 0x0a, 0x0d];

/** Each method reads the value that starts at `#at`, and moves `#at` to its end. */
class Parser {
  readonly #text: string;
  #at = 0;
  /** The key or index at each depth. Entries deeper than the current depth belong to earlier values. */
  readonly #path: (string | number)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  parse(): unknown {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  #value(depth: number): unknown {
    const code = this.#skipSpace();
    if (code === QUOTE) return this.#string();
    if (code === OPEN_BRACE) return this.#object(depth);
    if (code === OPEN_BRACKET) return this.#array(depth);
    if (this.#text.startsWith("true", this.#at)) return this.#word("true", true);
    if (this.#text.startsWith("false", this.#at)) return this.#word("false", false);
    if (this.#text.startsWith("null", this.#at)) return this.#word("null", null);
    return this.#number();
  }

  #object(depth: number): object {
    this.#open(depth);
    const object: Record<string, unknown> = {};
    if (this.#skipSpace() === CLOSE_BRACE) return this.#word("}", object);
    for (;;) {
      if (this.#skipSpace() !== QUOTE) this.#fail();
      const key = this.#string();
      this.#path[depth] = key;
      if (Object.hasOwn(object, key)) {
        throw new RefusedJson(this.#path.slice(0, depth + 1), "is given twice in one object");
      }
      if (this.#skipSpace() !== COLON) this.#fail();
      this.#at += 1;
      setOwn(object, key, this.#value(depth + 1));
      const code = this.#skipSpace();
      this.#at += 1;
      if (code === CLOSE_BRACE) return object;
      if (code !== COMMA) this.#fail();
    }
  }

  #array(depth: number): unknown[] {
    this.#open(depth);
    const array: unknown[] = [];
    if (this.#skipSpace() === CLOSE_BRACKET) return this.#word("]", array);
    for (;;) {
      this.#path[depth] = array.length;
      array.push(this.#value(depth + 1));
      const code = this.#skipSpace();
      this.#at += 1;
      if (code === CLOSE_BRACKET) return array;
      if (code !== COMMA) this.#fail();
    }
  }

  #open(depth: number): void {
    if (depth === MAX_DEPTH) this.#refuseDepth();
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#skip(UNESCAPED, start + 1);
    if (this.#text.charCodeAt(end) === QUOTE) {
      this.#at = end + 1;
      return this.#text.slice(start + 1, end);
    }
    while (this.#text.charCodeAt(end) === BACKSLASH) end = this.#skip(UNESCAPED, end + 2);
    if (this.#text.charCodeAt(end) !== QUOTE) this.#fail();
    this.#at = end + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string; // the text is in quotes
  }

  #number(): number | RawNumber {
    const start = this.#at;
    this.#at = this.#skip(NUMBER, start);
    if (this.#at === start) this.#fail();
    const text = this.#text.slice(start, this.#at);
    const number = text.length <= MAX_SAFE_LENGTH ? Number(text) : Number.NaN;
    return Number.isInteger(number) && String(number) === text ? number : JSON.rawJSON(text);
  }

  #word<Value>(word: string, value: Value): Value {
    this.#at += word.length;
    return value;
  }

  /** The end of the match of `pattern` at `at`, or `at` if there is no match. */
  #skip(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    return pattern.test(this.#text) ? pattern.lastIndex : at;
  }

  /** Skips white space, and returns the code of the next character, or NaN at the end. */
  #skipSpace(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    return code;
  }

  /** The path ends at the first field name, because a path of 100 keys would not help the caller. */
  #refuseDepth(): never {
    const field = this.#path.findIndex((key) => typeof key === "string");
    throw new RefusedJson(
      this.#path.slice(0, field + 1),
      `nests too deep: a body may nest at most ${MAX_DEPTH} levels`,
    );
  }

  #fail(): never {
    throw new SyntaxError(`not JSON at offset ${this.#at}`);
  }
}

/** Like `JSON.parse`, treats `__proto__` as an ordinary key. An assignment would set the prototype. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
