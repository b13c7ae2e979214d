const PREFIX = "whsec_";

/** Standard Webhooks 1.0, "Signature scheme": one signature for each secret, so that rotation interrupts no receiver. */
export async function sign(
  secrets: readonly string[],
  webhookId: string,
  timestampSeconds: number,
  body: string,
): Promise<string> {
  const content = new TextEncoder().encode(`${webhookId}.${timestampSeconds}.${body}`);
  const signatures = await Promise.all(secrets.map((secret) => signWith(secret, content)));
  return signatures.join(" ");
}

/** The spec asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;

export function newSigningSecret(randomBytes: (length: number) => Uint8Array): string {
  return PREFIX + randomBytes(SECRET_BYTES).toBase64();
}

async function signWith(secret: string, content: Uint8Array): Promise<string> {
  const bytes = Uint8Array.fromBase64(secret.slice(PREFIX.length));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, content);
  return `v1,${new Uint8Array(signature).toBase64()}`;
}
