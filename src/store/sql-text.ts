const texts = new Map<string, string>();

/**
 * Returns the text of a statement that `build` makes. The text is made once for each key, and is one line, because each
 * query sends the text to D1. So no string in the SQL may have two blanks in a row, and the SQL may have no `--`.
 */
export function sqlText(key: string, build: () => string): string {
  const text = texts.get(key) ?? build().replace(/\s+/g, " ").trim();
  texts.set(key, text);
  return text;
}
