interface Notification {
  /** As the address has it: anybody may have written it. */
  code: string | null | undefined;
  /** What each code says. Any other says nothing. */
  sentences: Readonly<Record<string, string>>;
}

/** What came of what was just done, where the page is begun at. */
export function FlashMessage({ code, sentences }: Notification) {
  if (typeof code !== "string" || !Object.hasOwn(sentences, code)) return null;
  return (
    <p id="notice" class="notice" role="status" tabindex={-1}>
      {sentences[code]}
    </p>
  );
}
