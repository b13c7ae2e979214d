import { HERE } from "./return-url.ts";

// What pages say of what was just done. Addresses name it by a code, so that a link can say nothing but these.

export const SUBSCRIPTION_MESSAGES = {
  added: "Added. Send it a test to see that it arrives.",
  saved: "Saved.",
  enabled: "Enabled. What was held is on its way.",
  disabled: "Disabled. Nothing is attempted until it is enabled again, and nothing is lost.",
  deleted: "Deleted. What was waiting for it is cancelled.",
};

export const DELIVERY_MESSAGES = {
  redelivered: "It is being sent again. What comes of it shows here in a moment.",
};

type NoticeCode = keyof typeof SUBSCRIPTION_MESSAGES | keyof typeof DELIVERY_MESSAGES;

/** A path of ours, to where its page has a `Notice`. */
export function flashMessageUrl(path: string, code: NoticeCode): string {
  const url = new URL(path, HERE);
  url.searchParams.set("notice", code);
  return `${url.pathname}${url.search}#notice`;
}
