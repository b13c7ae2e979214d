/** Some readers of lines also split at these characters: Node's `readline`, Python's `splitlines`. */
const LINE_BREAK = /[\u0085\u2028\u2029]/;
const LINE_BREAKS = new RegExp(LINE_BREAK, "g");

/** Writes all JSON that leaves the service. Every reader of lines takes the result as one line. */
export function writeJson(value: unknown): string {
  return withoutLineBreaks(JSON.stringify(value));
}

/** Escapes the line breaks. `JSON.stringify` writes these characters only in strings, where an escape is valid. */
export function withoutLineBreaks(json: string): string {
  return LINE_BREAK.test(json) ? json.replace(LINE_BREAKS, escaped) : json;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
