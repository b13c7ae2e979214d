import { expect, it, vi } from "vitest";
import { readReader } from "../../src/auth/reader-token.ts";
import { configWith, contextWith, NOW_SECONDS, requestWith, SECRET } from "./factories.ts";
import { signedBySecret } from "./tokens.ts";

async function askAt(times: number[], token: string): Promise<(string | number)[]> {
  const config = configWith({ JWT_SECRET: SECRET });
  const verify = vi.spyOn(crypto.subtle, "verify");
  const answers = [];
  for (const seconds of times) {
    verify.mockClear();
    const context = { ...contextWith({}), config, now: () => (NOW_SECONDS + seconds) * 1000 };
    const outcome = await readReader(requestWith({ Authorization: `Bearer ${token}` }), context).catch(() => "refused");
    answers.push(outcome === "refused" ? outcome : verify.mock.calls.length);
  }
  verify.mockRestore();
  return answers;
}

it("verifies a token once a minute", async () => {
  const token = await signedBySecret({ exp: NOW_SECONDS + 300 });
  expect(await askAt([0, 1, 59, 60, 61], token)).toEqual([1, 0, 0, 1, 0]);
});

it("remembers no token past its exp", async () => {
  const token = await signedBySecret({ exp: NOW_SECONDS + 10 });
  expect(await askAt([0, 9, 10, 41], token)).toEqual([1, 0, 1, "refused"]);
});

it("remembers no token that it has refused, and none for another configuration", async () => {
  const token = await signedBySecret({ exp: NOW_SECONDS + 300 }, "another secret of more than 32 bytes");
  expect(await askAt([0, 1], token)).toEqual(["refused", "refused"]);
  const good = await signedBySecret({ exp: NOW_SECONDS + 300 });
  expect(await askAt([0], good)).toEqual([1]);
  expect(await askAt([1], good)).toEqual([1]);
});
