import { env } from "cloudflare:workers";
import { expectedEntries, KEY, loggedEntries, stateOf, verified } from "../support/log.ts";
import { idOf, readWholeCopy } from "../support/whole-copy.ts";
import { ReferenceTree } from "../tlog/reference-tree.ts";
import type { Scenario } from "./scenario.ts";

/** Triggers that record each event, each tree and each checkpoint in D1, in the order of the transactions. */
export const LOG_TRIGGERS = [
  `CREATE TABLE seen_trees (size, root)`,
  `CREATE TRIGGER see_trees AFTER UPDATE OF size ON log_state BEGIN
    INSERT INTO seen_trees VALUES (new.size, new.root);
  END`,
  `CREATE TABLE seen_checkpoints (checkpoint, tree_size)`,
  `CREATE TRIGGER see_checkpoints AFTER UPDATE OF checkpoint ON log_state BEGIN
    INSERT INTO seen_checkpoints VALUES (new.checkpoint, new.size);
  END`,
  `CREATE TABLE seen_events (id, recorded_at, opening, json)`,
  `CREATE TRIGGER see_events AFTER INSERT ON events BEGIN
    INSERT INTO seen_events VALUES (new.id, new.recorded_at, new.opening, new.json);
  END`,
];

/** What could be seen outside D1 in a run. */
export const sightings = {
  /** Each checkpoint that was put into the copy. */
  copied: [] as { at: number; note: string }[],
  /** What readers were shown. Null: no checkpoint. */
  shown: [] as { at: number; note: string | null }[],
};

export function forgetSightings(): void {
  sightings.copied = [];
  sightings.shown = [];
}

/**
 * Returns true if an event or an entry is covered by no checkpoint, or if the copy has another checkpoint than D1.
 * Returns false if the log is stopped.
 */
export async function isLogBehind(): Promise<boolean> {
  const row = await env.DB.prepare(
    `SELECT coalesce(checkpoint, '') AS checkpoint, coalesce(size, 0) > coalesce(checkpoint_size, 0)
        OR (SELECT coalesce(max(id), 0) FROM events) > coalesce(last_event_id, 0) AS is_behind
    FROM (SELECT 1 AS id) one LEFT JOIN log_state USING (id) WHERE stopped_reason IS NULL`,
  ).first<{ checkpoint: string; is_behind: number }>();
  if (row === null) return false;
  return row.is_behind === 1 || row.checkpoint !== (sightings.copied.at(-1)?.note ?? row.checkpoint);
}

/** Returns what is wrong with the log after a run, and with everything that the run published. */
export async function logViolations({ actions, copy }: Pick<Scenario, "actions" | "copy">): Promise<string[]> {
  const [entries, state] = [await loggedEntries(), await stateOf()];
  const tree = new ReferenceTree(entries);
  const rootAt = (size: number) => tree.hash({ start: 0, end: size }).toBase64();
  const isRestored = actions.some(({ isLost }) => isLost);
  return [
    ...(await entryViolations(entries, { isRestored, copy })),
    ...(entries.length === 0 || state?.checkpoint_size === entries.length
      ? []
      : [`the newest checkpoint covers ${state?.checkpoint_size} of ${entries.length} events`]),
    ...(state?.stopped_reason ? [`the log has stopped: ${state.stopped_reason}`] : []),
    ...(isRestored ? [] : await treeViolations(rootAt)),
    ...(await checkpointViolations(rootAt)),
    ...(await sightingViolations(rootAt)),
    ...(copy === "none" ? [] : await copyViolations(entries)),
  ];
}

/**
 * Each event must have its entry, once and in order. After a restore there are also entries of the events that were
 * lost.
 */
async function entryViolations(
  entries: Uint8Array[],
  { isRestored, copy }: { isRestored: boolean } & Pick<Scenario, "copy">,
): Promise<string[]> {
  const [expected, seen] = [await expectedEntries(), await expectedEntries("seen_events")];
  const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  const texts = new Set(entries.map(textOf));
  const known = new Set(seen.map(({ bytes }) => textOf(bytes)));
  const ids = entries.map(idOf);
  const givenTwice = [...Map.groupBy(seen, ({ id }) => id)].filter(
    ([, same]) => new Set(same.map(({ bytes }) => textOf(bytes))).size > 1,
  );
  return [
    ...(ids.every((id, index) => id > (ids[index - 1] ?? 0)) ? [] : [`the entries are out of order: ${ids.join()}`]),
    ...expected.filter(({ bytes }) => !texts.has(textOf(bytes))).map(({ id }) => `event ${id} is not in the log`),
    ...[...texts].filter((text) => !known.has(text)).map((text) => `nobody recorded what is in the log: ${text}`),
    ...(isRestored || entries.length === expected.length
      ? []
      : [`the log has ${entries.length} entries of ${expected.length} events`]),
    // A new isolate does not know the events that were lost before they got into the copy.
    ...(copy === "seen by new isolates" ? [] : givenTwice.map(([id]) => `ID ${id} was given twice`)),
  ];
}

/**
 * Each checkpoint in the copy and each shown checkpoint must be a beginning of the log. The copy must never go back to
 * a smaller tree. A shown checkpoint may be older than the copy's only for `SHOWN_LATE_MS`.
 */
async function sightingViolations(rootAt: (size: number) => string): Promise<string[]> {
  const found: string[] = [];
  const copied: { at: number; size: number }[] = [];
  for (const { at, note } of sightings.copied) {
    const { size, root } = await verified(note, KEY.publicKey);
    if (root.toBase64() !== rootAt(size))
      found.push(`the copied checkpoint of ${size} entries is not the beginning of the log`);
    if (size < (copied.at(-1)?.size ?? 0)) found.push(`the copy went from ${copied.at(-1)?.size} to ${size} entries`);
    copied.push({ at, size });
  }
  for (const { at, note } of sightings.shown) {
    if (note === null) continue;
    const { size, root } = await verified(note, KEY.publicKey);
    const least = copied.findLast((one) => one.at <= at - SHOWN_LATE_MS)?.size ?? 0;
    if (root.toBase64() !== rootAt(size))
      found.push(`the shown checkpoint of ${size} entries is not the beginning of the log`);
    if (size < least) found.push(`a checkpoint of ${size} entries was shown, and the copy had ${least}`);
  }
  return found;
}

/** For this time, an isolate may not know a newer checkpoint in the copy. */
const SHOWN_LATE_MS = 5_000;

async function copyViolations(entries: Uint8Array[]): Promise<string[]> {
  try {
    const copy = await readWholeCopy();
    const isSameLog = Buffer.concat(copy.entries).equals(Buffer.concat(entries));
    return isSameLog ? [] : [`the copy has ${copy.head.size} entries, and D1 ${entries.length}`];
  } catch (error) {
    return entries.length === 0 && sightings.copied.length === 0 ? [] : [String(error)];
  }
}

/** Each tree must be larger than the tree before, and the beginning of the last tree. */
async function treeViolations(rootAt: (size: number) => string): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT * FROM seen_trees ORDER BY rowid").all<{
    size: number;
    root: string;
  }>();
  return results.flatMap(({ size, root }, index) => [
    ...(size > (results[index - 1]?.size ?? 0)
      ? []
      : [`the tree went from ${results[index - 1]?.size} to ${size} entries`]),
    ...(root === rootAt(size) ? [] : [`the tree of ${size} entries is not the beginning of the last one`]),
  ]);
}

/** Each checkpoint must be signed, belong to the stored tree, and be the beginning of the last tree. */
async function checkpointViolations(rootAt: (size: number) => string): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT * FROM seen_checkpoints ORDER BY rowid").all<{
    checkpoint: string;
    tree_size: number;
  }>();
  let before = -1;
  const found: string[] = [];
  for (const { checkpoint, tree_size } of results) {
    const { size, root } = await verified(checkpoint, KEY.publicKey);
    if (size !== tree_size) found.push(`a checkpoint of ${size} entries was published when the tree had ${tree_size}`);
    if (size < before) found.push(`a checkpoint of ${size} entries was published after one of ${before}`);
    if (root.toBase64() !== rootAt(size))
      found.push(`the checkpoint of ${size} entries is not the beginning of the log`);
    before = size;
  }
  return found;
}
