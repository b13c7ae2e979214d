import { env } from "cloudflare:workers";
import { expectedEntries, KEY, loggedEntries, stateOf, verified } from "../support/log.ts";
import { ReferenceTree } from "../tlog/reference-tree.ts";

/** Every tree that D1 ever held, and every checkpoint that could be shown, in the order of their transactions. */
export const LOG_WITNESS = [
  `CREATE TABLE seen_trees (size, root)`,
  `CREATE TRIGGER see_trees AFTER UPDATE OF size ON log_state BEGIN
    INSERT INTO seen_trees VALUES (new.size, new.root);
  END`,
  `CREATE TABLE seen_checkpoints (checkpoint, tree_size)`,
  `CREATE TRIGGER see_checkpoints AFTER UPDATE OF checkpoint ON log_state BEGIN
    INSERT INTO seen_checkpoints VALUES (new.checkpoint, new.size);
  END`,
];

/** Whether something is recorded that no checkpoint covers. SQL. */
export const IS_LOG_BEHIND = `(SELECT count(*) FROM events) > coalesce((SELECT checkpoint_size FROM log_state), 0)`;

/** What is wrong with the log that a run has left behind, and with what it ever published. */
export async function logViolations(): Promise<string[]> {
  const [expected, entries, state] = [await expectedEntries(), await loggedEntries(), await stateOf()];
  const tree = new ReferenceTree(entries);
  const rootAt = (size: number) => tree.hash({ start: 0, end: size }).toBase64();
  const isWhole =
    entries.length === expected.length && expected.every(({ bytes }, index) => isSame(entries[index], bytes));
  return [
    ...(isWhole ? [] : [`the log has ${entries.length} entries that are not those of the ${expected.length} events`]),
    ...(expected.length === 0 || state?.checkpoint_size === expected.length
      ? []
      : [`the newest checkpoint covers ${state?.checkpoint_size} of ${expected.length} events`]),
    ...(state?.stopped_reason ? [`the log has stopped: ${state.stopped_reason}`] : []),
    ...(await treeViolations(rootAt)),
    ...(await checkpointViolations(rootAt)),
  ];
}

/** Each tree is the beginning of the last one, and larger than the one before. */
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

/** Each checkpoint is signed, of the tree that was stored, and the beginning of the last one. */
async function checkpointViolations(rootAt: (size: number) => string): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT * FROM seen_checkpoints ORDER BY rowid").all<{
    checkpoint: string;
    tree_size: number;
  }>();
  let before = -1;
  const found: string[] = [];
  for (const { checkpoint, tree_size } of results) {
    const { size, root } = await verified(checkpoint, KEY.publicKey);
    if (size !== tree_size) found.push(`a checkpoint of ${size} entries was shown when the tree had ${tree_size}`);
    if (size < before) found.push(`after a checkpoint of ${before} entries, one of ${size} was shown`);
    if (root.toBase64() !== rootAt(size))
      found.push(`the checkpoint of ${size} entries is not the beginning of the log`);
    before = size;
  }
  return found;
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.from(one).equals(other);
}
