import { expect, it, vi } from "vitest";
import { authenticateReader } from "../../src/auth/reader-token.ts";
import { configWith, contextWith, NOW_SECONDS, requestWith, SECRET } from "./factories.ts";
import { signedBySecret } from "./tokens.ts";

async function askAt(times: number[], token: string): Promise<(string | number)[]> {
  const config = configWith({ JWT_SECRET: SECRET });
  const verify = vi.spyOn(crypto.subtle, "verify");
  const answers = [];
  for (const seconds of times) {
    verify.mockClear();
    const context = { ...contextWith({}), config, now: () => (NOW_SECONDS + seconds) * 1000 };
    const outcome = await authenticateReader(requestWith({ Authorization: `Bearer ${token}` }), context).catch(
      () => "refused",
    );
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

it("remembers the last tokens, and of very long ones no more than an isolate's memory has room for", async () => {
  const config = configWith({ JWT_SECRET: SECRET });
  const context = { ...contextWith({}), config, now: () => NOW_SECONDS * 1000 };
  const groups = Array.from({ length: 1_000 }, (_, index) => `project:${index}:${"x".repeat(40)}`);
  const tokens = await Promise.all(
    Array.from({ length: 60 }, (_, index) => signedBySecret({ exp: NOW_SECONDS + 300, groups, sub: `${index}` })),
  );
  const read = (token = "") => authenticateReader(requestWith({ Authorization: `Bearer ${token}` }), context);
  for (const token of tokens) await read(token);
  const verify = vi.spyOn(crypto.subtle, "verify");
  await read(tokens.at(-1));
  expect(verify).not.toHaveBeenCalled();
  await read(tokens[0]);
  expect(verify).toHaveBeenCalledOnce();
  verify.mockRestore();
});
