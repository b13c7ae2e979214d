import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newSigningSecret, sign } from "../../src/channels/signature.ts";
import { OLD_SECRET, SECRET } from "./messages.ts";

const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SECONDS = 1_614_265_330;
const BODY = '{"test": 2432232314}';

function verify(secret: string, signature: string, body = BODY): unknown {
  return new Webhook(secret).verify(body, headersOf(signature));
}

/** Throws if the signature is wrong. */
function verifyBySvix(secret: string, signature: string): void {
  new SvixWebhook(secret).verify(BODY, headersOf(signature));
}

function headersOf(signature: string): Record<string, string> {
  vi.setSystemTime(SECONDS * 1000);
  return { "webhook-id": ID, "webhook-timestamp": String(SECONDS), "webhook-signature": signature };
}

afterEach(() => void vi.useRealTimers());

describe("a signature", () => {
  it("is the one that the specification's libraries give for their known answer", async () => {
    expect(sign([SECRET], ID, SECONDS, BODY)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("is accepted by the reference library and by Svix's", async () => {
    const signature = sign([SECRET], ID, SECONDS, BODY);
    expect(verify(SECRET, signature)).toEqual({ test: 2_432_232_314 });
    expect(() => verifyBySvix(SECRET, signature)).not.toThrow();
  });

  it("covers a body beyond ASCII as its UTF-8 bytes", async () => {
    const body = '{"username":"Åsa 🚀"}';
    expect(verify(SECRET, sign([SECRET], ID, SECONDS, body), body)).toEqual({ username: "Åsa 🚀" });
  });

  it("is refused for another body or another secret", async () => {
    const signature = sign([SECRET], ID, SECONDS, BODY);
    expect(() => verify(SECRET, signature, `${BODY} `)).toThrow("No matching signature");
    expect(() => verify(OLD_SECRET, signature)).toThrow("No matching signature");
  });

  it("is made with every secret during a rotation, the newest first, so that either verifies", async () => {
    const both = sign([SECRET, OLD_SECRET], ID, SECONDS, BODY);
    expect(both).toBe(`${sign([SECRET], ID, SECONDS, BODY)} ${sign([OLD_SECRET], ID, SECONDS, BODY)}`);
    for (const secret of [SECRET, OLD_SECRET]) {
      expect(verify(secret, both)).toEqual({ test: 2_432_232_314 });
      expect(() => verifyBySvix(secret, both)).not.toThrow();
    }
    const stranger = newSigningSecret((length) => new Uint8Array(length).fill(7));
    expect(() => verify(stranger, both)).toThrow("No matching signature");
    expect(() => verifyBySvix(stranger, both)).toThrow("No matching signature");
  });
});

describe("a new signing secret", () => {
  it("is whsec_ and the base64 of its bytes, and can be signed with", async () => {
    const secret = newSigningSecret((length) => new Uint8Array(length).fill(255));
    expect(secret).toBe("whsec_//////////////////////////////////////////8=");
    expect(verify(secret, sign([secret], ID, SECONDS, BODY))).toBeDefined();
  });
});
