// Counts the events that arrive while the page is open. The events on the page do not move.
const MAX_SHOWN = 99;
const title = document.title;
const bar = document.getElementById("arrival");
const link = bar?.querySelector("a");
let count = 0;
/** @type {string | undefined} */
let lastId;
/** @type {EventSource | undefined} */
let source;

/** A hidden tab closes its stream. When the tab is visible again, a new stream starts after the last ID that arrived. */
function follow() {
  source?.close();
  if (document.hidden || count > MAX_SHOWN) return;
  const url = new URL(bar?.dataset.stream ?? "", location.href);
  if (lastId !== undefined) url.searchParams.set("page_after", lastId);
  source = new EventSource(url); // does not reconnect after an HTTP error
  source.addEventListener("position", ({ lastEventId }) => {
    lastId = lastEventId;
  });
  source.addEventListener("message", ({ lastEventId }) => {
    lastId = lastEventId;
    count += 1;
    if (count > MAX_SHOWN) source?.close();
    show();
  });
}

function show() {
  const shown = count > MAX_SHOWN ? `${MAX_SHOWN}+` : `${count}`;
  document.title = `(${shown}) ${title}`;
  if (!link) return;
  link.textContent = `${shown} new`;
  link.hidden = false;
}

document.addEventListener("visibilitychange", follow);
follow();
