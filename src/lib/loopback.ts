/** True if the host of a URL is this machine. RFC 6761 §6.3: every name under `localhost` is loopback. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:(?:[^.]+\.)*localhost|127(?:\.[0-9]+){3}|\[::1\])$/.test(hostname);
}
