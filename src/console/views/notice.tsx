interface Notification {
  /** As the address has it: anybody may have written it. */
  code: string | undefined;
  /** What each code says. Any other says nothing. */
  sentences: Readonly<Record<string, string>>;
}

/** What came of what was just done. The address names it by a code, so that a link can say nothing but our own sentences. */
export function Notice({ code, sentences }: Notification) {
  if (code === undefined || !Object.hasOwn(sentences, code)) return null;
  return (
    <p class="notice" role="status">
      {sentences[code]}
    </p>
  );
}
