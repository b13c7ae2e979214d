import type { z } from "zod";
import type { Fault } from "../errors.ts";

type Issue = z.core.$ZodIssue;

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

function fault(path: readonly PropertyKey[], message: string): Fault {
  return { path: path.map(shortened).join("."), message };
}

/** A key that nobody knows may be as long as the body. */
const MAX_NAME = 255;

function shortened(key: PropertyKey): string {
  const name = String(key);
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME).toWellFormed()}…`;
}
