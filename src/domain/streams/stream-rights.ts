import { AppError } from "../../errors.ts";
import { formatGroupNames, type Reader } from "../access/roles.ts";

/**
 * The facts that decide who may create or change a stream. A stream without groups carries everything, as for an
 * auditor.
 */
interface StreamToSet {
  groups: readonly string[] | null;
  /** The groups that the stream has. Undefined for a new stream. */
  groupsBefore: readonly string[] | null | undefined;
  hasNewDestination: boolean;
}

/**
 * A stream sends what its groups may see, and a new destination would receive all of that. So an operator must be in
 * each group that they add, and in every group of a stream whose destination they change.
 * @throws AppError `forbidden`
 */
export function requireStreamRights(reader: Reader, { groups, groupsBefore, hasNewDestination }: StreamToSet): void {
  if (groups === null) {
    const isUnchanged = groupsBefore === null && !hasNewDestination;
    if (!isUnchanged && !reader.isAuditor) throw forbidden(EVERYTHING);
    return;
  }
  const there = new Set(groupsBefore);
  const foreign = groups.filter((group) => !reader.groups.includes(group));
  const added = foreign.filter((group) => !there.has(group));
  if (added.length > 0)
    throw forbidden(`You can add only groups that you are in. You are not in ${formatGroupNames(added)}.`);
  if (foreign.length > 0 && hasNewDestination) {
    throw forbidden(
      `To change the destination, you must be in every group that the stream keeps. You are not in ${formatGroupNames(foreign)}: ` +
        "keep the destination, or remove these groups.",
    );
  }
}

const EVERYTHING =
  "A stream without allowed_groups carries every event. Only an operator who is also an auditor may create one, or change " +
  "its destination. Otherwise, name groups that you are in as allowed_groups.";

function forbidden(detail: string): AppError {
  return new AppError("forbidden", detail);
}
