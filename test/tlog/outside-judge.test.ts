import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle.js";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "../support/property-runs.ts";
import { appendLeaves } from "../../src/tlog/append-leaves.ts";
import { leafHash } from "../../src/tlog/merkle-hash.ts";
import { rangeHash } from "../../src/tlog/range-hash.ts";
import { inclusionRanges } from "../../src/tlog/subtree.ts";
import { tileInTree, tilePath } from "../../src/tlog/tile.ts";
import { entriesUpTo, growTiles } from "./reference-tree.ts";

/**
 * Sigstore's verifier shares no code with the log. If it accepts a proof, other people's verifiers accept the proof
 * too.
 */
it("gives proofs that Sigstore's verifier accepts, and rejects for another entry", () => {
  const entries = entriesUpTo(2_000);
  const leaves = entries.map(leafHash);
  const cases = fc.nat(1_999).chain((last) => fc.tuple(fc.nat(last), fc.constant(last + 1)));
  fc.assert(
    fc.property(cases, ([index, size]) => {
      const { tiles } = growTiles(leaves.slice(0, size));
      const { root } = appendLeaves({ size: 0, partial: [] }, leaves.slice(0, size));
      const hashes = inclusionRanges(index, size).map((range) =>
        Buffer.from(
          rangeHash(range, (level, place) => {
            const tile = tileInTree(level, place, size);
            const bytes = tile && tiles.get(tilePath(tile));
            if (bytes === undefined) throw new Error(`no tile ${level}/${place}`);
            return bytes;
          }),
        ),
      );
      const inclusionProof = { logIndex: `${index}`, treeSize: `${size}`, rootHash: Buffer.from(root), hashes };
      const judge = (entry: Uint8Array | undefined) =>
        verifyMerkleInclusion(
          { canonicalizedBody: Buffer.from(entry ?? []), inclusionProof } as unknown as Parameters<
            typeof verifyMerkleInclusion
          >[0], // the fields that the verifier reads
          { origin: "", logSize: BigInt(size), logHash: Buffer.from(root), rest: [] },
        );
      expect(() => judge(entries[index])).not.toThrow();
      expect(() => judge(new TextEncoder().encode("another entry"))).toThrow("does not match");
    }),
    { numRuns: propertyRuns(5) },
  );
});
