import { usePage } from "./page-context.tsx";
import { ANY_ORIGIN } from "./return-url.ts";

// The redirect after a form names a message by a code in the URL, so a forged link cannot show another text.

export const SUBSCRIPTION_MESSAGES = {
  added: "Subscription added. Send a test to check that it works.",
  saved: "Saved.",
  enabled: "Enabled. Held deliveries are being sent.",
  disabled: "Disabled. Deliveries are held, not lost. They are sent when you enable it again.",
  deleted: "Deleted. Its pending and held deliveries are cancelled.",
};

export const DELIVERY_MESSAGES = {
  redelivered: "The delivery is being sent again. Reload the page to see the result.",
};

export const STREAM_MESSAGES = {
  added: "Stream added. Send a sample to check that it works.",
  saved: "Saved.",
  paused: "Paused. The stream sends nothing until you resume it, and then goes on where it stopped.",
  resumed: "Resumed. The stream goes on where it stopped.",
  rewound: "Rewound. The stream sends the events again.",
  skipped: "Skipped. The event is missing in the destination, and the stream goes on after it.",
  streamDeleted: "Deleted. What has arrived stays in the destination.",
};

type FlashCode = keyof typeof SUBSCRIPTION_MESSAGES | keyof typeof DELIVERY_MESSAGES | keyof typeof STREAM_MESSAGES;

/** The URL of a page that shows a `FlashMessage`. `path` is a path of the console. */
export function flashMessageUrl(path: string, code: FlashCode): string {
  const url = new URL(path, ANY_ORIGIN);
  url.searchParams.set("notice", code);
  return `${url.pathname}${url.search}#notice`;
}

/** The message about the form that was just sent. An unknown code shows nothing. */
export function FlashMessage({ messages }: { messages: Readonly<Record<string, string>> }) {
  const code = usePage().url.searchParams.get("notice");
  if (code === null || !Object.hasOwn(messages, code)) return null;
  return (
    <p id="notice" class="notice" role="status" tabindex={-1}>
      {messages[code]}
    </p>
  );
}
