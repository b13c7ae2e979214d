/** Of this machine alone, where people develop. */
export function isLocal({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && /^(?:localhost|127(?:\.[0-9]+){3}|\[::1\])$/.test(hostname);
}
