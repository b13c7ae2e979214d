import { STREAMS_URL } from "../shared/page-urls.ts";
import { UserText } from "../shared/untrusted-text.tsx";

/** Breadcrumbs to the page `here` below the list of streams. */
export function StreamCrumbs({ here }: { here: string }) {
  return (
    <nav class="crumbs" aria-label="Breadcrumb">
      <ol>
        <li>
          <a href={STREAMS_URL}>Streams</a>
        </li>
        <li>
          <span aria-current="page">
            <UserText text={here} />
          </span>
        </li>
      </ol>
    </nav>
  );
}
