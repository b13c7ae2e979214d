import { raw } from "hono/html";
import { ARRIVAL } from "../assets/arrival.ts";

/** What the script counts: 99, and the one that makes it "99+". */
export const MAX_ARRIVALS_SHOWN = 100;

interface Arriving {
  /** Where the script hears of new events. */
  streamUrl: string;
  /** The newest page of the same view. */
  newestUrl: string;
}

/** How many events came since: drawn above the page, which stays where it is, and first in the order of the keyboard. */
export function LiveArrival({ streamUrl, newestUrl }: Arriving) {
  return (
    <>
      <p id="arrival" role="status" data-stream={streamUrl}>
        <a href={newestUrl} hidden></a>
      </p>
      <script type="module">{raw(ARRIVAL)}</script>
    </>
  );
}
