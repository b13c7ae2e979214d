import * as fc from "fast-check";
import { aName, aSentEvent } from "./arbitraries.ts";
import { aQuestion, type Question } from "./reader-questions.ts";

/** The project with a subscription. */
export const PROJECT = "shop";

/** What happens in a history. The arguments choose among a few samples, so that a failing case is small. */
export type Command =
  /** Records `count` of the samples, each `step` samples after the one before. */
  | { kind: "record"; count: number; start: number; step: number }
  /** The next events have higher IDs, as after failed recordings. */
  | { kind: "skip IDs"; count: number }
  /** Appends the recorded events to the log, and publishes a checkpoint. */
  | { kind: "sweep" }
  /** A number of sweeps move history, with so few steps that they end in the middle of a move. Readers ask meanwhile. */
  | { kind: "move"; sweeps: number; maxSteps: number; keepUpTo: number; questions: Question[] }
  | { kind: "ask"; questions: Question[] }
  | { kind: "redeliver"; pick: number };

export function aHistoryCase() {
  return fc.uniqueArray(aName(), { minLength: 1, maxLength: 2 }).chain((others) => {
    const names = [PROJECT, ...others.filter((name) => name !== PROJECT)];
    return fc.record({
      hasLog: fc.boolean(),
      samples: fc.array(aSentEvent(names), { minLength: 3, maxLength: 12 }),
      commands: someCommands(names),
    });
  });
}

/** Some hundred events, so that there is always something to move, and then anything. */
function someCommands(names: string[]): fc.Arbitrary<Command[]> {
  const questions = fc.array(aQuestion(names), { minLength: 10, maxLength: 20 });
  const record: fc.Arbitrary<Command> = fc.record({
    kind: fc.constant("record" as const),
    count: fc.integer({ min: 60, max: 100 }),
    start: fc.nat(11),
    step: fc.nat(11),
  });
  const others: fc.Arbitrary<Command> = fc.oneof(
    { weight: 3, arbitrary: record },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("skip IDs" as const), count: fc.integer({ min: 1, max: 600 }) }),
    },
    { weight: 2, arbitrary: fc.constant<Command>({ kind: "sweep" }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("move" as const),
        sweeps: fc.integer({ min: 1, max: 4 }),
        maxSteps: fc.integer({ min: 1, max: 12 }),
        keepUpTo: fc.constantFrom(0, 1, 4, 20, 60),
        questions,
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("ask" as const), questions }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("redeliver" as const), pick: fc.nat(1_000) }) },
  );
  return fc
    .tuple(fc.array(record, { minLength: 5, maxLength: 9 }), fc.array(others, { minLength: 6, maxLength: 16 }))
    .map(([first, rest]) => [...first, { kind: "sweep" }, ...rest]);
}
