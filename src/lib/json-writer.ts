/** Common readers of lines end a line at these too: Node's `readline`, Python's `splitlines`. */
const LINE_BREAK = /[\u0085\u2028\u2029]/;
const LINE_BREAKS = new RegExp(LINE_BREAK, "g");

/** A value as JSON for whoever reads it outside: on one line, whatever its reader takes for a line's end. */
export function writeJson(value: unknown): string {
  return withoutLineBreaks(JSON.stringify(value));
}

/** The same JSON on one line. JSON as `JSON.stringify` writes it has such characters in strings alone. */
export function withoutLineBreaks(json: string): string {
  return LINE_BREAK.test(json) ? json.replace(LINE_BREAKS, escaped) : json;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
