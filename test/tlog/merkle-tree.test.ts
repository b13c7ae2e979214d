import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../support/property-runs.ts";
import { appendLeaves, edgeRoot } from "../../src/tlog/append-leaves.ts";
import { EMPTY_ROOT, leafHash } from "../../src/tlog/merkle-hash.ts";
import { rangeHash, type ReadTile } from "../../src/tlog/range-hash.ts";
import { consistencyRanges, inclusionRanges } from "../../src/tlog/subtree.ts";
import { tileInTree, tilePath, tilesForRanges } from "../../src/tlog/tile.ts";
import { verifyConsistency, verifyInclusion } from "../../src/tlog/verify-proof.ts";
import { entriesUpTo, growTiles, leavesOf, ReferenceTree } from "./reference-tree.ts";

/**
 * Every size of a tree up to this one is tried, with every index and every older size. It is 60, or 480 in the deep
 * tests.
 */
const EVERY_SIZE_TO = propertyRuns(6);

const ENTRIES = entriesUpTo(1200);
const LEAVES = leavesOf(ENTRIES);
const REFERENCE = new ReferenceTree(ENTRIES);
const rootOf = (size: number) => REFERENCE.hash({ start: 0, end: size });

/** Reads tiles as a client of a tree of `size` entries finds them. */
function tilesOf(size: number): ReadTile {
  const { tiles } = growTiles(LEAVES.slice(0, size));
  return (level, index) => {
    const tile = tileInTree(level, index, size);
    const bytes = tile && tiles.get(tilePath(tile));
    if (bytes === undefined) throw new Error(`no tile ${level}/${index} in a tree of ${size}`);
    return bytes;
  };
}

describe("the hashes of a tree", () => {
  // Google, certificate-transparency, "merkle_tree_test": the roots of the first 0 to 8 of these entries.
  const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];

  it.each(roots.entries().toArray())("are the known ones for %i entries", (size, root) => {
    const leaves = entries.slice(0, size).map((hex) => leafHash(Uint8Array.fromHex(hex)));
    expect(appendLeaves({ size: 0, partial: [] }, leaves).root.toHex()).toBe(root);
  });

  it("are those of RFC 6962's recursion, however the tree grew", () => {
    fc.assert(
      fc.property(fc.nat(1200), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (size, steps) => {
        const { tree, tiles } = growTiles(LEAVES.slice(0, size), steps);
        expect(tree.root).toEqual(rootOf(size));
        expect(edgeRoot(tree)).toEqual(rootOf(size));
        expect(tree.size).toBe(size);
        for (const tile of tilesForRanges([{ start: 0, end: size }], size))
          expect(tiles.has(tilePath(tile))).toBe(true);
      }),
      { numRuns: propertyRuns(6) },
    );
  });

  it("fill tiles at three levels in a tree of 70,000", () => {
    const leaves = Array.from({ length: 70_000 }, (_, index) => leafHash(new TextEncoder().encode(`${index}`)));
    const { tree, tiles } = growTiles(leaves, [2_500]);
    expect(tree.partial.map(({ level, index, width }) => [level, index, width])).toEqual([
      [0, 273, 112],
      [1, 1, 17],
      [2, 0, 1],
    ]);
    expect([...tiles.keys()].filter((path) => /^tile\/0\/[0-9]{3}$/.test(path))).toHaveLength(273);
    expect(tiles.get("tile/1/000")).toHaveLength(8192);
  });

  it("refuses to go on from an edge that is not the tree's", () => {
    const { tree } = growTiles(LEAVES.slice(0, 300));
    expect(() => appendLeaves({ size: 301, partial: tree.partial }, [])).toThrow("partial tiles");
    expect(() => appendLeaves({ size: 300, partial: [] }, [])).toThrow("partial tiles");
    expect(() =>
      edgeRoot({ size: 300, partial: tree.partial.map((tile) => ({ ...tile, hashes: tile.hashes.slice(1) })) }),
    ).toThrow("partial tiles");
  });
});

describe("proofs", () => {
  it("show each entry in each tree, and no other one", () => {
    for (let size = 1; size <= EVERY_SIZE_TO; size++) {
      const readTile = tilesOf(size);
      const head = { size, root: rootOf(size) };
      for (let index = 0; index < size; index++) {
        const proof = inclusionRanges(index, size).map((range) => rangeHash(range, readTile));
        const leaf = LEAVES[index] ?? EMPTY_ROOT;
        expect(verifyInclusion(leaf, index, head, proof), `${index} of ${size}`).toBe(true);
        expect(verifyInclusion(leaf, (index + 1) % size, head, proof)).toBe(size === 1);
        expect(verifyInclusion(EMPTY_ROOT, index, head, proof)).toBe(false);
      }
    }
  });

  it("show for each pair of sizes that the newer tree begins with the older", () => {
    for (let newer = 0; newer <= EVERY_SIZE_TO; newer++) {
      const readTile = tilesOf(newer);
      for (let older = 0; older <= newer; older++) {
        const proof = consistencyRanges(older, newer).map((range) => rangeHash(range, readTile));
        const heads = [
          { size: older, root: rootOf(older) },
          { size: newer, root: rootOf(newer) },
        ] as const;
        expect(verifyConsistency(...heads, proof), `${older} of ${newer}`).toBe(true);
        if (older === 0) continue;
        expect(verifyConsistency({ size: older, root: EMPTY_ROOT }, heads[1], proof)).toBe(false);
        expect(verifyConsistency(heads[0], { size: newer, root: EMPTY_ROOT }, proof)).toBe(false);
      }
    }
  });

  it("hold in larger trees, and not once a hash is changed, left out, added or moved", () => {
    const cases = fc.nat(1199).chain((last) => fc.tuple(fc.nat(last), fc.constant(last + 1), fc.nat(), fc.nat(31)));
    fc.assert(
      fc.property(cases, ([index, size, place, byte]) => {
        const readTile = tilesOf(size);
        const head = { size, root: rootOf(size) };
        const leaf = LEAVES[index] ?? EMPTY_ROOT;
        const inclusion = inclusionRanges(index, size).map((range) => rangeHash(range, readTile));
        const older = { size: index + 1, root: rootOf(index + 1) };
        const consistency = consistencyRanges(older.size, size).map((range) => rangeHash(range, readTile));
        expect(verifyInclusion(leaf, index, head, inclusion)).toBe(true);
        expect(verifyConsistency(older, head, consistency)).toBe(true);
        for (const wrong of spoiled(inclusion, place, byte))
          expect(verifyInclusion(leaf, index, head, wrong)).toBe(false);
        for (const wrong of spoiled(consistency, place, byte))
          expect(verifyConsistency(older, head, wrong)).toBe(false);
      }),
      { numRuns: propertyRuns(10) },
    );
  });

  it("need few tiles, all of them in the tree", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), (one, other) => {
        const [index, size] = [Math.min(one, other), Math.max(one, other) + 1];
        const tiles = tilesForRanges(inclusionRanges(index, size), size);
        expect(tiles.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1) / 8));
        for (const tile of tiles) expect(tileInTree(tile.level, tile.index, size)).toEqual(tile);
      }),
    );
  });

  it.each([
    [5, 5],
    [-1, 5],
    [0.5, 5],
    [0, 0],
  ])("are refused for index %d of %d", (index, size) => {
    expect(() => inclusionRanges(index, size)).toThrow(RangeError);
    expect(verifyInclusion(EMPTY_ROOT, index, { size, root: EMPTY_ROOT }, [])).toBe(false);
  });

  it("are refused from a larger tree to a smaller one", () => {
    expect(() => consistencyRanges(6, 5)).toThrow(RangeError);
    expect(verifyConsistency({ size: 6, root: rootOf(6) }, { size: 5, root: rootOf(5) }, [])).toBe(false);
  });
});

/** Returns wrong versions of a proof, which differ from the proof at one place. */
function spoiled(proof: readonly Uint8Array<ArrayBuffer>[], place: number, byte: number): Uint8Array<ArrayBuffer>[][] {
  const at = proof.length === 0 ? 0 : place % proof.length;
  const [hash] = proof.slice(at);
  if (hash === undefined) return [[EMPTY_ROOT]];
  const changed = hash.slice();
  changed[byte] = (changed[byte] ?? 0) ^ 1;
  return [proof.with(at, changed), proof.toSpliced(at, 1), proof.toSpliced(at, 0, hash), [...proof, EMPTY_ROOT]];
}
