// Tells how many events have arrived since the page was made. It counts, and moves nothing that is being read.
const MOST_TOLD = 99;
const title = document.title;
const bar = document.getElementById("arrival");
const link = bar?.querySelector("a");
let count = 0;
/** @type {string | undefined} */
let last;
/** @type {EventSource | undefined} */
let source;

/** A hidden tab asks for nothing: nobody reads it. When it is seen again, it goes on from where the stream had come. */
function follow() {
  source?.close();
  if (document.hidden || count > MOST_TOLD) return;
  const url = new URL(bar?.dataset.stream ?? "", location.href);
  if (last !== undefined) url.searchParams.set("page_after", last);
  source = new EventSource(url); // what it cannot go on with, it closes by itself
  source.addEventListener("position", ({ lastEventId }) => {
    last = lastEventId;
  });
  source.addEventListener("message", ({ lastEventId }) => {
    last = lastEventId;
    count += 1;
    if (count > MOST_TOLD) source?.close();
    tell();
  });
}

function tell() {
  const told = count > MOST_TOLD ? `${MOST_TOLD}+` : `${count}`;
  document.title = `(${told}) ${title}`;
  if (!link) return;
  link.textContent = `${told} new`;
  link.hidden = false;
}

document.addEventListener("visibilitychange", follow);
follow();
