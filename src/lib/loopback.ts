/** True for http URLs of this machine. RFC 6761 §6.3: every name under `localhost` is loopback. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && /^(?:(?:[^.]+\.)*localhost|127(?:\.[0-9]+){3}|\[::1\])$/.test(hostname);
}
