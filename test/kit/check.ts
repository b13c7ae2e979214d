import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../scripts/run-script.ts";

export function check(isTrue: boolean, complaint: string): asserts isTrue {
  if (!isTrue) throw new Failure(complaint);
}

/** Checks that both lists have the same IDs in the same order. The error names the first difference. */
export function checkSameIds(what: string, actual: string[], expected: string[]): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const at = expected.findIndex((id, index) => id !== actual[index]);
  const place = at === -1 ? expected.length : at;
  throw new Failure(
    `${what}: ${actual.length} events where ${expected.length} were expected; ` +
      `at place ${place + 1} stands ${actual[place] ?? "nothing"} instead of ${expected[place] ?? "nothing"}.`,
  );
}
