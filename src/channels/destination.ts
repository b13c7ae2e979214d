import type { SubscriptionType } from "../schemas/subscription.ts";

const SLACK_HOSTS = ["hooks.slack.com", "hooks.slack-gov.com"];
const INTERNAL_NAMES = ["localhost", "local", "internal", "lan", "corp", "home.arpa", "localdomain"];
/**
 * Names of metadata services in clouds, which return an instance's credentials. Most other such names end in
 * `.internal`.
 */
const METADATA_NAMES = new Set(["metadata.goog", "metadata.tencentyun.com", "metadata.platformequinix.com"]);

const UNSAFE = /[\s\p{Cc}\\]/u;
const CREDENTIALS = /^[a-z]+:\/\/[^/?#]*@/i;
const ADDRESS = /^(?:\[.*\]|[0-9]+(?:\.[0-9]+){3})$/;
const NAME = /^(?:[a-z0-9_-]+\.)+[a-z0-9_-]+$/;
const MAX_NAME = 253;
const MAX_LABEL = 63;

/**
 * What is wrong with a destination, as in "must be …", or undefined. The text never contains the URL, which is a
 * secret.
 */
export function destinationFault(
  { type, url }: { type: SubscriptionType; url: string },
  allowLocalDestinations: boolean,
): string | undefined {
  if (UNSAFE.test(url)) return "must not contain spaces, control characters or backslashes";
  const scheme = allowLocalDestinations ? /^https?:\/\/[^/]/i : /^https:\/\/[^/]/i;
  if (!scheme.test(url)) return `must start with ${allowLocalDestinations ? "http:// or https://" : "https://"}`;
  const parsed = URL.parse(url);
  if (parsed === null) return "must be a valid URL, as in https://example.com/hook";
  if (CREDENTIALS.test(url)) return "must not contain a user name or password";
  // The parser has normalised percent-encoding, fullwidth characters, and decimal, octal and hex addresses.
  const { hostname, port } = parsed;
  if (port === "0") return "must not have the port 0, because no server can listen on it";
  return (allowLocalDestinations ? undefined : hostFault(type, hostname)) ?? nameFault(hostname);
}

/** RFC 1035 §2.3.4 limits the length of a name and of each label. */
function nameFault(host: string): string | undefined {
  const name = withoutDot(host);
  if (name.length > MAX_NAME) return `must have a host name of at most ${MAX_NAME} characters`;
  if (name.split(".").every(({ length }) => length >= 1 && length <= MAX_LABEL)) return undefined;
  return `must have a host name with 1 to ${MAX_LABEL} characters between its dots`;
}

function withoutDot(host: string): string {
  return host.replace(/\.$/, "");
}

/** The URL as it is requested. URLs that differ only in the case of the host or in the fragment have the same key. */
export function destinationKey(url: string): string {
  const requested = URL.parse(url);
  if (requested === null) return url;
  requested.hash = "";
  return requested.href;
}

function hostFault(type: SubscriptionType, host: string): string | undefined {
  if (type === "slack") return SLACK_HOSTS.includes(host) ? undefined : `must be on ${SLACK_HOSTS.join(" or ")}`;
  if (ADDRESS.test(host)) return "must name its host, as in https://example.com/hook, and not give an IP address";
  const name = withoutDot(host);
  if (!NAME.test(name) || isInternal(name)) return "must be on a public host, as in https://example.com/hook";
  return undefined;
}

function isInternal(name: string): boolean {
  return METADATA_NAMES.has(name) || INTERNAL_NAMES.some((suffix) => `.${name}`.endsWith(`.${suffix}`));
}
