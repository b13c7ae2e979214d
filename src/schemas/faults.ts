import type { z } from "zod";
import type { Fault } from "../errors.ts";

type Issue = z.core.$ZodIssue;

/** A key may be as long as a body. */
const MAX_PATH = 500;

/** Says a zod error in the service's words: one fault for each thing that is wrong, with its path. */
export function faultsOf(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => fault([...path, key], "is not a known field"));
    if (issue.code === "invalid_union") {
      const meant = issue.errors.find((branch) => !branch.some(isOfAnotherKind));
      if (meant !== undefined) return faultsOf(meant, path);
    }
    if (issue.code === "invalid_type" && "input" in issue && issue.input === undefined)
      return [fault(path, "is required")];
    return [fault(path, issue.message)];
  });
}

/** The branch of a union that expects another kind of value altogether says nothing about what was meant. */
function isOfAnotherKind(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

/** Where the path is long, its middle is left out: the last key is the one that is wrong. */
export function fault(path: readonly PropertyKey[], message: string): Fault {
  const text = path.map(String).join(".");
  if (text.length <= MAX_PATH) return { path: text, message };
  return { path: `${text.slice(0, MAX_PATH / 2)}…${text.slice(-MAX_PATH / 2)}`, message };
}
