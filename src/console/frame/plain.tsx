/** What would be drawn as nothing, turn the text around or break its line. */
const UNSEEN = /([\p{Cc}\p{Bidi_Control}\u2028\u2029\u200B\u2060\uFEFF\u{E0000}-\u{E007F}])/u;

/** A value that somebody else chose, as it is: what cannot be seen is named, and its direction stays its own. */
export function Plain({ text }: { text: string }) {
  const parts = text.split(UNSEEN); // what was split at stands at the odd places
  return <bdi>{parts.map((part, index) => (index % 2 === 0 ? part : <i class="unseen">{nameOf(part)}</i>))}</bdi>;
}

/** The same for where there are no elements: titles and labels. */
export function plainText(text: string): string {
  return text
    .split(UNSEEN)
    .map((part, index) => (index % 2 === 0 ? part : `[${nameOf(part)}]`))
    .join("");
}

function nameOf(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
