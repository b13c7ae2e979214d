import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { EXAMPLES } from "../../../src/api/openapi/openapi-examples.ts";
import { A_CHECKPOINT, A_CHECKPOINT_HEADER, A_LOG_KEY } from "../../../src/api/openapi/log-examples.ts";
import { decodeBundle } from "../../../src/tlog/entry-bundle.ts";
import { parseEntryProof } from "../../../src/tlog/entry-proof.ts";
import { leafHash } from "../../../src/tlog/merkle-hash.ts";
import { verifyInclusion } from "../../../src/tlog/verify-proof.ts";
import { verified } from "../../support/logged-service.ts";

interface Line {
  index: number;
  opening: string;
  event: Record<string, unknown>;
}

const lines = String(EXAMPLES.OpenedEventLines.lines.value).split("\n").slice(0, -1);
const bundle = decodeBundle(new TextEncoder().encode(String(EXAMPLES.Tile.bundle.value)));

it("the examples of the log are a log: each part is proved by the others", async () => {
  const proof = parseEntryProof(String(EXAMPLES.EventProof.proof.value));
  const head = await verified(proof?.checkpoint ?? "", A_LOG_KEY.trimEnd());
  expect(proof?.checkpoint).toBe(A_CHECKPOINT);
  expect(head.size).toBe(bundle.length);
  for (const line of lines) {
    const { index, opening, event } = JSON.parse(line) as Line;
    const json = /"event":(.*)\}$/.exec(line)?.[1] ?? "";
    const commitment = createHash("sha256").update(Buffer.from(opening, "base64")).update(json).digest("base64");
    const entry = `tidings/event/v1\n${String(event["id"])}\n${String(event["recorded_at"])}\n${commitment}\n`;
    expect(new TextDecoder().decode(bundle[index])).toBe(entry);
    const isProved = verifyInclusion(leafHash(new TextEncoder().encode(entry)), index, head, proof?.hashes ?? []);
    expect(isProved).toBe(index === proof?.index);
  }
  expect(lines).toHaveLength(2);
});

it("the events of the log's examples are those of the other examples", () => {
  const events = lines.map((line) => (JSON.parse(line) as Line).event);
  expect(events).toEqual(EXAMPLES.Events.page.value);
});

it("the header of a webhook's example is the checkpoint's example", () => {
  expect(new TextDecoder().decode(Uint8Array.fromBase64(A_CHECKPOINT_HEADER))).toBe(A_CHECKPOINT);
});
