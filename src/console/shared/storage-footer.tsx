import type { StorageView } from "../../domain/archive/describe-storage.ts";
import { formatBytes } from "../../lib/format-bytes.ts";
import { usePage } from "./page-context.tsx";

/** What is stored and where, for operators. Other visitors get nothing, and no query runs. */
export async function StorageFooter() {
  const { describeStorage } = usePage();
  if (describeStorage === undefined) return null;
  const view = await describeStorage().catch(() => undefined); // the page itself is worth more than its footer
  return (
    <section aria-label="Storage" class="storage">
      {view === undefined ? <p>The figures of the storage cannot be read now.</p> : <Figures {...view} />}
    </section>
  );
}

function Figures({ recorded, inDatabase, archive, deleted, databasePercent }: StorageView) {
  return (
    <dl>
      <Figure name="Events recorded">{formatNumber(recorded)}</Figure>
      <Figure name="In D1">{formatNumber(inDatabase)}</Figure>
      <Figure name="In the archive">
        {archive.segments === 0
          ? "0"
          : `${formatNumber(archive.events)} in ${countSegments(archive.segments)}, ${formatBytes(archive.bytes)}`}
      </Figure>
      {deleted > 0 && <Figure name="Deleted by retention">{formatNumber(deleted)}</Figure>}
      <Figure name="Size of D1">{`${formatNumber(databasePercent, 1)} % of 10 GB`}</Figure>
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function countSegments(segments: number): string {
  return segments === 1 ? "1 segment" : `${formatNumber(segments)} segments`;
}

function formatNumber(number: number, digits = 0): string {
  return number.toLocaleString("en", { maximumFractionDigits: digits });
}
