import { Notice } from "../notice.tsx";

const SENTENCES = { redelivered: "It is being sent again. What comes of it shows here in a moment." };

/** What was just done with a delivery of this page, as its address says. */
export function DeliveryNotice({ url }: { url: URL }) {
  return <Notice code={url.searchParams.get("notice") ?? undefined} sentences={SENTENCES} />;
}
