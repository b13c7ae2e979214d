import { Fault } from "./command-line.js";
import { parseEntry } from "./log-entry.js";
import { GrowingTree, HASH_BYTES } from "./merkle-tree.js";

/** @typedef {import("./log-files.js").FindFile} FindFile */
/** @typedef {import("./signed-checkpoint.js").Checkpoint} Checkpoint */
/** @typedef {import("./log-entry.js").LogEntry} LogEntry */
/** A tile or a bundle of `width` items. @typedef {{ path: string, bytes: Buffer, width: number }} TileFile */

const TILE_HEIGHT = 8;
const TILE_WIDTH = 2 ** TILE_HEIGHT;
/** The maximum size of an entry in a bundle: its length in two bytes, and 107 bytes if its ID has 19 digits. */
const MAX_ENTRY_BYTES = 109;
/** The number of bundles that are downloaded at the same time, each with its tile. */
const IN_FLIGHT = 8;

/**
 * Downloads a log from left to right. Checks that its entries and tiles have the root of its newest checkpoint, and
 * that the tree extends the tree of the known checkpoint. Returns the last entry's ID.
 * @param {FindFile} find @param {Checkpoint} newest @param {Checkpoint | undefined} known
 * @param {(entries: LogEntry[], size: number) => void} onEntries is called with the entries of each bundle, in order
 */
export async function checkLog(find, newest, known, onEntries) {
  const walk = new LogWalk(find, newest.size, known?.size ?? 0);
  const bundles = inOrder(Math.ceil(newest.size / TILE_WIDTH), (number) =>
    Promise.all([walk.readTile("entries", number, MAX_ENTRY_BYTES), walk.readTile(0, number, HASH_BYTES)]),
  );
  for await (const [bundle, tile] of bundles) {
    walk.tiles[0] = tile;
    const entries = [];
    for (const bytes of entriesIn(bundle, walk.tree.size)) {
      if (walk.tree.size < newest.size) entries.push(await walk.addEntry(bytes, bundle.path));
    }
    onEntries(entries, walk.tree.size);
  }
  if (!walk.tree.root().equals(newest.root)) {
    throw new Fault(`the ${newest.size} entries and their tiles do not have the root of the newest checkpoint.`);
  }
  if (known && !(known.size <= newest.size && walk.rootAtKnown.equals(known.root))) {
    const sizes = `the newest checkpoint, of ${newest.size} entries, does not extend the known one, of ${known.size}`;
    throw new Fault(`${sizes}. Keep both: their signatures prove that the log was changed.\n\n${newest.note}`);
  }
  return walk.lastId;
}

class LogWalk {
  tree = new GrowingTree();
  rootAtKnown = this.tree.root();
  lastId = "0";
  /** The current tile of each level. @type {TileFile[]} */
  tiles = [];

  /** @param {FindFile} find @param {number} total the size of the whole tree @param {number} knownSize */
  constructor(find, total, knownSize) {
    this.find = find;
    this.total = total;
    this.knownSize = knownSize;
  }

  /**
   * C2SP tlog-tiles, "Partial Tiles". If the log has deleted a partial tile, its full tile begins with the same hashes.
   * @param {number | "entries"} level @param {number} number @param {number} itemBytes the maximum size of an item
   */
  async readTile(level, number, itemBytes) {
    const span = TILE_WIDTH ** (level === "entries" ? 0 : level);
    const width = Math.min(TILE_WIDTH, Math.floor(this.total / span) - number * TILE_WIDTH);
    const digits = String(number).padStart(Math.ceil(String(number).length / 3) * 3, "0");
    const full = { path: `/log/tile/${level}/${digits.replace(/\d{3}(?=\d)/g, "x$&/")}`, width: TILE_WIDTH };
    const wanted = width < TILE_WIDTH ? { path: `${full.path}.p/${width}`, width } : full;
    for (const file of new Set([wanted, full])) {
      const bytes = await this.find(file.path, file.width * itemBytes);
      if (bytes) return { ...file, bytes };
    }
    const first = number * TILE_WIDTH * span;
    throw new Fault(`${wanted.path} is missing (404). It covers the entries ${first} to ${first + width * span - 1}.`);
  }

  /** @param {Buffer} bytes @param {string} path */
  async addEntry(bytes, path) {
    const index = this.tree.size;
    const entry = parseEntry(bytes);
    if (!entry) throw new Fault(`entry ${index} in ${path} does not have the form of an entry.`);
    for (const { height, hash } of this.tree.add(entry.leaf)) {
      if (height % TILE_HEIGHT === 0) await this.compareWithTile(height / TILE_HEIGHT, hash, entry.id);
    }
    if (BigInt(entry.id) <= BigInt(this.lastId)) {
      throw new Fault(`entry ${index} (ID ${entry.id}) is out of order: the entry before it has ID ${this.lastId}.`);
    }
    this.lastId = entry.id;
    if (this.tree.size === this.knownSize) this.rootAtKnown = this.tree.root();
    return entry;
  }

  /**
   * Each hash in a tile is the root of a full tile of the level below. C2SP tlog-tiles, "Merkle Tree".
   * @param {number} level @param {Buffer} hash @param {string} id of the last entry
   */
  async compareWithTile(level, hash, id) {
    const span = TILE_WIDTH ** level;
    const [index, last] = [this.tree.size / span - 1, this.tree.size - 1];
    const place = index % TILE_WIDTH;
    if (level > 0 && place === 0) this.tiles[level] = await this.readTile(level, index / TILE_WIDTH, HASH_BYTES);
    const tile = this.tiles[level];
    if (tile?.bytes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES).equals(hash)) return;
    const entries = level === 0 ? `entry ${last}` : `the entries ${last - span + 1} to ${last}`;
    throw new Fault(`the hash of ${entries} (ID ${id}) is not hash ${place} in ${tile?.path}.`);
  }
}

/** C2SP tlog-tiles, "Log entries". @param {TileFile} bundle @param {number} first the index of its first entry */
function* entriesIn({ path, bytes, width }, first) {
  let start = 0;
  for (let index = first; index < first + width; index += 1) {
    const end = start + 2 + (start + 2 <= bytes.length ? bytes.readUInt16BE(start) : 0);
    if (end > bytes.length) throw new Fault(`${path} ends before the end of entry ${index}.`);
    yield bytes.subarray(start + 2, end);
    start = end;
  }
  if (start < bytes.length) throw new Fault(`${path} continues after its last entry, ${first + width - 1}.`);
}

/**
 * Yields the results of `load` for 0 to `count` - 1, in this order. Loads at most `IN_FLIGHT` of them at the same time.
 * @template T @param {number} count @param {(number: number) => Promise<T>} load
 */
async function* inOrder(count, load) {
  const loading = /** @type {Promise<T>[]} */ ([]);
  for (let next = 0; next < count + IN_FLIGHT; next += 1) {
    const first = next < IN_FLIGHT ? undefined : loading.shift();
    if (next < count) loading.push(load(next));
    loading.at(-1)?.catch(() => {}); // an error is thrown later, where the promise is awaited
    if (first) yield await first;
  }
}
