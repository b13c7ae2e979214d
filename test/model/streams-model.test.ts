import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { signedBySecret } from "../auth/tokens.ts";
import type { SentEvent } from "../support/factories.ts";
import { HISTORIES, recordAllBy } from "../support/history.ts";
import { AUDITOR_GROUP, pathOf, type RecordedEvent } from "../support/model.ts";
import { aService, withQuery } from "../support/service.ts";
import { cutOff, linesIn, messagesIn, recordsIn, textOf, type Received } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";
import {
  aListingCase,
  expectedPages,
  pagingBack,
  pagingForward,
  type ListingQuery,
} from "../support/query-arbitraries.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 60_000 });

const SECRET = "a-test-secret-of-more-than-32-bytes";
const service = aService({ AUDITOR_GROUPS: AUDITOR_GROUP, JWT_SECRET: SECRET });

/** Gives the events two types, and times that are ten nanoseconds apart. */
function withFields(requests: SentEvent[][]): SentEvent[][] {
  let number = 0;
  const next = (event: SentEvent): SentEvent => ({
    ...event,
    type: number % 3 === 0 ? "TEAM_DELETED" : "USER_SIGNUP",
    timestamp: `${10 * number++}`,
    data: { text: 'a\r\nb\u2028\u0085c, "d" é 🛍️', number: number },
  });
  return requests.map((events) => events.map(next));
}

interface Narrowing {
  type?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const aNarrowing = fc.record(
  {
    type: fc.constantFrom("TEAM_DELETED", "USER_SIGNUP"),
    since: fc.nat(100).map(String),
    until: fc.integer({ min: 100, max: 300 }).map(String),
  },
  { requiredKeys: [] },
);

function matches(
  { type, timestamp }: SentEvent,
  { type: expectedType, since = "0", until = "999" }: Narrowing,
): boolean {
  const time = Number(timestamp);
  return (expectedType === undefined || expectedType === type) && time >= Number(since) && time < Number(until);
}

/** The usernames of all expected events, by brute force. */
function expectedNames(query: ListingQuery, narrowing: Narrowing, history: RecordedEvent[]): string[] {
  return expectedPages(
    query,
    history.filter((event) => matches(event, narrowing)),
  ).flat();
}

const namesIn = ({ events }: Received) => events.map(({ username }) => username);

async function bodyOf(path: string, headers: Record<string, string>): Promise<string> {
  const response = await service.request(`/api/v1/events/query/${path}`, { headers });
  expect(response.status).toBe(200);
  return textOf(response);
}

describe.each(HISTORIES)("with a history %s,", (_history, move) => {
  const recordAll = recordAllBy(service.record, move);

  async function forAllCases(
    property: (
      history: RecordedEvent[],
      queries: (ListingQuery & { narrowing: Narrowing; share: number })[],
    ) => Promise<void>,
  ) {
    const aCase = fc.record({
      listingCase: aListingCase(),
      narrowings: fc.array(fc.option(aNarrowing, { nil: {} }), { minLength: 6, maxLength: 6 }),
      shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(aCase, async ({ listingCase, narrowings, shares }) => {
        await forgetEverything();
        const history = await recordAll(withFields(listingCase.requests));
        const queries = listingCase.queries.map((open, index) => ({
          ...(index % 2 === 0 ? pagingBack(open, history) : pagingForward(open, history)),
          narrowing: narrowings[index] ?? {},
          share: shares[index] ?? 0,
        }));
        await property(history, queries);
      }),
      { numRuns: propertyRuns() },
    );
  }

  describe.each([
    ["application/x-ndjson", linesIn],
    ["text/csv", recordsIn],
  ])("a whole listing as %s", (Accept, read) => {
    it("contains exactly the events that the reader may see, and continues from the last whole record after a cut anywhere", async () => {
      await forAllCases(async (history, queries) => {
        for (const { narrowing, share, ...query } of queries) {
          const headers = { Accept, Authorization: `Bearer ${await tokenOf(query)}` };
          const ask = async (before?: string, after?: string) => {
            const parameters = { ...narrowing, page_size: query.size, page_from: before, page_after: after };
            return bodyOf(withQuery(pathOf(query.place), parameters), headers);
          };
          const expected = expectedNames(query, narrowing, history);
          const whole = await ask(query.before, query.after);
          expect(namesIn(read(whole))).toEqual(expected);

          const first = read(cutOff(whole, share));
          const from = first.last ?? query.after ?? query.before;
          const rest = read(query.after === undefined ? await ask(from) : await ask(undefined, from));
          expect([...namesIn(first), ...namesIn(rest)]).toEqual(expected);
        }
      });
    });
  });

  describe("a live listing", () => {
    it("contains exactly the events that the reader may see, and continues from the last ID after a cut anywhere", async () => {
      const exp = Math.floor(Date.now() / 1000) - 10; // within the clock tolerance, so each stream ends after its first read
      await forAllCases(async (history, queries) => {
        for (const { narrowing, share, before: _, ...query } of queries) {
          const token = await signedBySecret({ groups: query.groups, exp }, SECRET);
          const seen: unknown[] = [];
          let last = query.after ?? "0";
          for (let round = 0, isNew = true; isNew && round < 100; round++) {
            const path = withQuery(pathOf(query.place), { ...narrowing, page_size: query.size });
            const headers = { Accept: "text/event-stream", "Last-Event-ID": last, Authorization: `Bearer ${token}` };
            const body = await bodyOf(path, headers);
            const received = messagesIn(round === 0 ? cutOff(body, share) : body);
            seen.push(...namesIn(received));
            isNew = round === 0 || received.events.length > 0 || received.last !== last;
            last = received.last ?? last;
          }
          expect(seen).toEqual(expectedNames({ ...query, after: query.after ?? "0" }, narrowing, history));
        }
      });
    });
  });
});
