import type { SubscriptionType } from "../schemas/subscription.ts";

const SLACK_HOSTS = ["hooks.slack.com", "hooks.slack-gov.com"];
const INTERNAL_NAMES = ["localhost", "local", "internal", "lan", "corp", "home.arpa", "localdomain"];
/** Names that some clouds answer with an instance's credentials; most others end in `.internal`. */
const METADATA_NAMES = new Set(["metadata.goog", "metadata.tencentyun.com", "metadata.platformequinix.com"]);

const UNSAFE = /[\s\p{Cc}\\]/u;
const CREDENTIALS = /^[a-z]+:\/\/[^/?#]*@/i;
const ADDRESS = /^(?:\[.*\]|[0-9]+(?:\.[0-9]+){3})$/;
const NAME = /^(?:[a-z0-9_-]{1,63}\.)+[a-z0-9_-]{1,63}$/;

/** What is wrong with a destination, as in "must be …", or undefined. Says nothing of the URL itself: it is a secret. */
export function destinationFault(
  { type, url }: { type: SubscriptionType; url: string },
  allowLocalDestinations: boolean,
): string | undefined {
  if (UNSAFE.test(url)) return "must not contain spaces, control characters or backslashes";
  const scheme = allowLocalDestinations ? /^https?:\/\/[^/]/i : /^https:\/\/[^/]/i;
  if (!scheme.test(url)) return `must start with ${allowLocalDestinations ? "http:// or https://" : "https://"}`;
  if (!URL.canParse(url)) return "must be a valid URL, as in https://example.com/hook";
  if (CREDENTIALS.test(url)) return "must not contain a user name or password";
  if (allowLocalDestinations) return undefined;
  // The parser has undone every disguise: percent-encoding, wide characters, and decimal, octal and hex addresses.
  return hostFault(type, new URL(url).hostname);
}

function hostFault(type: SubscriptionType, host: string): string | undefined {
  if (type === "slack") return SLACK_HOSTS.includes(host) ? undefined : `must be on ${SLACK_HOSTS.join(" or ")}`;
  if (ADDRESS.test(host)) return "must name its host, as in https://example.com/hook, and not give an IP address";
  const name = host.replace(/\.$/, "");
  if (!NAME.test(name) || isInternal(name)) return "must be on a public host, as in https://example.com/hook";
  return undefined;
}

function isInternal(name: string): boolean {
  return METADATA_NAMES.has(name) || INTERNAL_NAMES.some((suffix) => `.${name}`.endsWith(`.${suffix}`));
}
