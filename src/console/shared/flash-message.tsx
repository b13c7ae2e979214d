import { usePage } from "./page-context.tsx";

interface Notification {
  /** What each code says. Any other says nothing. */
  sentences: Readonly<Record<string, string>>;
}

/** What came of what was just done, where the page is begun at. */
export function FlashMessage({ sentences }: Notification) {
  const code = usePage().url.searchParams.get("notice"); // anybody may have written it
  if (typeof code !== "string" || !Object.hasOwn(sentences, code)) return null;
  return (
    <p id="notice" class="notice" role="status" tabindex={-1}>
      {sentences[code]}
    </p>
  );
}
