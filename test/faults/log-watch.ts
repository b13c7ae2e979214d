import { env } from "cloudflare:workers";
import { expectedEntries, KEY, loggedEntries, stateOf, verified } from "../support/log.ts";
import { ReferenceTree } from "../tlog/reference-tree.ts";

/** Triggers that record each tree and each checkpoint in D1, in the order of the transactions. */
export const LOG_TRIGGERS = [
  `CREATE TABLE seen_trees (size, root)`,
  `CREATE TRIGGER see_trees AFTER UPDATE OF size ON log_state BEGIN
    INSERT INTO seen_trees VALUES (new.size, new.root);
  END`,
  `CREATE TABLE seen_checkpoints (checkpoint, tree_size)`,
  `CREATE TRIGGER see_checkpoints AFTER UPDATE OF checkpoint ON log_state BEGIN
    INSERT INTO seen_checkpoints VALUES (new.checkpoint, new.size);
  END`,
];

/** SQL that is true if a recorded event is not covered by a checkpoint. */
export const IS_LOG_BEHIND = `(SELECT count(*) FROM events) > coalesce((SELECT checkpoint_size FROM log_state), 0)`;

/** Checks the log at the end of a run, and all checkpoints of the run. Returns descriptions of what is wrong. */
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

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.from(one).equals(other);
}
