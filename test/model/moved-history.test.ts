import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { ComparedHistory } from "../support/compared-history.ts";
import { aHistoryCase } from "../support/history-commands.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 900_000 });

it("every answer is the same as if nothing were moved, in every step of every move", async () => {
  let segments = 0;
  const property = fc.asyncProperty(aHistoryCase(), async ({ hasLog, samples, commands }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const history = await ComparedHistory.open({ hasLog, samples });
      for (const command of commands) await history.run(command);
      segments += await history.countSegments();
    } finally {
      vi.useRealTimers();
    }
  });
  // A smaller case takes as long to find as a new one, so a failing case is reported as it is.
  await fc.assert(property, { numRuns: propertyRuns(0.3), endOnFailure: true });
  expect(segments).toBeGreaterThan(0);
});
