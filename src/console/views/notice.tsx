import { noticeOf } from "../notices.ts";

/** What has just been done, where the address says it. The page is begun at there. */
export function Notice({ name }: { name: string | undefined }) {
  const text = noticeOf(name);
  if (text === undefined) return <></>;
  return (
    <p id="notice" class="notice" role="status" tabindex={-1}>
      {text}
    </p>
  );
}
