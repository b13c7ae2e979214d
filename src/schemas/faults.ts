import type { z } from "zod";
import type { Fault } from "../errors.ts";

type Issue = z.core.$ZodIssue;

/** Keys can be as long as a body, so a long path is shortened. */
const MAX_PATH = 500;

/** Converts the issues of a zod error to faults. */
export function toFaults(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => fault([...path, key], "is not a known field"));
    if (issue.code === "invalid_union") {
      const meant = issue.errors.find((branch) => !branch.some(expectsAnotherType));
      if (meant !== undefined) return toFaults(meant, path);
    }
    if (issue.code === "invalid_type" && "input" in issue && issue.input === undefined)
      return [fault(path, "is required")];
    return [fault(path, issue.message)];
  });
}

/** True if the issue's branch of a union expects another type of value. The caller did not mean that branch. */
function expectsAnotherType(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

/** In a long path the middle is left out, because the last key names the wrong value. */
export function fault(path: readonly PropertyKey[], message: string): Fault {
  const text = path.map(String).join(".");
  if (text.length <= MAX_PATH) return { path: text, message };
  return { path: `${text.slice(0, MAX_PATH / 2)}…${text.slice(-MAX_PATH / 2)}`, message };
}
