import { sha256 } from "../../src/lib/crypto.ts";
import * as fc from "fast-check";
import { signedBySecret } from "../auth/tokens.ts";
import { env } from "cloudflare:workers";
import { aPlace, someGroups } from "./arbitraries.ts";
import { pathOf, type Place } from "./model.ts";
import { withQuery, type aService } from "./service.ts";
import { tokenOf } from "./tokens.ts";

type Service = Pick<ReturnType<typeof aService>, "request">;

/** The forms of a listing, by their media types, and what can be asked about one event. */
export const FORMS = [
  "application/json",
  "application/x-ndjson",
  "application/x-ndjson; openings=1",
  "text/csv",
  "text/event-stream",
  "text/html",
  "event",
  "proof",
] as const;

interface Narrowing {
  type?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  username?: string | undefined;
}

/** What a reader asks. `pick` chooses an event or a cursor. */
export interface Question {
  form: (typeof FORMS)[number];
  groups: string[];
  place: Place;
  size: number;
  cursor: "newest" | "page_from" | "page_after";
  pick: number;
  narrowing: Narrowing;
  /** True if the service has nothing in its caches. */
  isCold: boolean;
}

const aNarrowing: fc.Arbitrary<Narrowing> = fc.record(
  {
    type: fc.constantFrom("TEAM_DELETED", "USER_SIGNUP"),
    since: fc.nat(3_000).map(String),
    until: fc.integer({ min: 1_000, max: 9_000 }).map(String),
    username: fc.constantFrom("user 1", "nobody"),
  },
  { requiredKeys: [] },
);

export function aQuestion(names: string[]): fc.Arbitrary<Question> {
  return fc.record({
    form: fc.oneof(
      { weight: 5, arbitrary: fc.constant(FORMS[0]) },
      { weight: 5, arbitrary: fc.constantFrom(...FORMS) },
    ),
    groups: someGroups(),
    place: aPlace(names),
    size: fc.constantFrom(1, 7, 50, 300, 500),
    cursor: fc.constantFrom("newest", "page_from", "page_after"),
    pick: fc.nat(10_000),
    narrowing: fc.option(aNarrowing, { nil: {}, freq: 2 }),
    isCold: fc.boolean(),
  });
}

interface Answer {
  status: number;
  headers: Record<string, string | null>;
  /** The length and a digest, because the difference of two long bodies takes minutes to compute. */
  body: string;
  /** The same question with `If-None-Match`. */
  again?: Pick<Answer, "status" | "body">;
}

const HEADERS = ["ETag", "Link", "Cache-Control", "Content-Type", "Content-Disposition", "Vary", "Retry-After"];

/** Asks a service. `ids` are those of all recorded events, in order. */
export async function askedOf(service: Service, question: Question, ids: readonly number[]): Promise<Answer> {
  const path = pathIn(question, ids);
  const headers = { Accept: mediaTypeOf(question.form), Authorization: `Bearer ${await tokenFor(question)}` };
  const answer = await read(await service.request(path, { headers }));
  const tag = answer.headers["ETag"];
  if (tag === null || tag === undefined) return answer;
  const { status, body } = await read(await service.request(path, { headers: { ...headers, "If-None-Match": tag } }));
  return { ...answer, again: { status, body } };
}

async function read(response: Response): Promise<Answer> {
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const body = text.replace(/^retry: [0-9]+/, "retry: 0"); // a random time
  const start = body.slice(0, 300);
  return {
    status: response.status,
    headers: Object.fromEntries(HEADERS.map((name) => [name, response.headers.get(name)])),
    body: response.status === 200 ? `${body.length} characters, ${sha256(body, "hex")}, ${start}` : titleIn(start),
  };
}

/** Each problem has its own `instance`. */
function titleIn(start: string): string {
  return start.replace(/,"instance":"[^"]*"/, "");
}

function mediaTypeOf(form: Question["form"]): string {
  return form === "event" || form === "proof" ? "*/*" : form;
}

/** A live stream ends after its first read if the token has expired within the clock tolerance. */
async function tokenFor({ form, groups }: Question): Promise<string> {
  if (form !== "text/event-stream") return tokenOf({ groups });
  return signedBySecret({ groups, exp: Math.floor(Date.now() / 1000) - 10 }, env.JWT_SECRET);
}

function pathIn({ form, place, size, cursor, pick, narrowing }: Question, ids: readonly number[]): string {
  const candidates = [0, ...ids, (ids.at(-1) ?? 0) + 1, 9_999_999_999];
  const id = candidates[pick % candidates.length];
  if (form === "event") return `/api/v1/events/${id}`;
  if (form === "proof") return `/api/v1/events/${id}/proof`;
  const isRanged = cursor !== "newest" && (form !== "text/event-stream" || cursor === "page_after");
  const query = {
    ...narrowing,
    page_size: form === "text/html" ? undefined : sizeOf(form, size),
    ...(isRanged && { [cursor]: id }),
  };
  return form === "text/html" ? withQuery("/", query) : `/api/v1/events/query/${withQuery(pathOf(place), query)}`;
}

/** A download reads a limited number of pages. */
function sizeOf(form: Question["form"], size: number): number {
  return form === "application/json" ? size : Math.max(50, size);
}
