import type { InferRequestType } from "hono/client";
import { expect, expectTypeOf, it } from "vitest";
import {
  type Event,
  type EventStream,
  type Filters,
  type Listing,
  type Scope,
  tidings,
} from "../../src/client/index.ts";
import type { EventType } from "../../src/schemas/event.ts";

type QueryOf<Route extends { $get: unknown }> =
  InferRequestType<Route["$get"]> extends { query: infer Query } ? Query : never;

const { api, events, follow } = tidings("https://tidings.example", async () => "token");

it("yields events, one by one or in pages", () => {
  expectTypeOf(events("everything")).toEqualTypeOf<EventStream>();
  expectTypeOf(follow("everything")).toEqualTypeOf<EventStream>();
  expectTypeOf<EventStream>().toExtend<AsyncIterable<Event>>();
  expectTypeOf<EventStream["pages"]>().returns.toEqualTypeOf<AsyncIterable<Event[]>>();
  expectTypeOf<Event["id"]>().toEqualTypeOf<string>();
  expectTypeOf<Event["timestamp"]>().toEqualTypeOf<string>();
  expectTypeOf<Event["type"]>().toEqualTypeOf<EventType>();
  expectTypeOf<Event["data"]>().toEqualTypeOf<Record<string, unknown> | undefined>();
});

it("accepts the nine listings, and the service's own field names for a scope", () => {
  expectTypeOf<keyof Scope>().toEqualTypeOf<
    | "inventory_project"
    | "inventory_application"
    | "inventory_version"
    | "state_project"
    | "state_environment"
    | "state_deployment"
  >();
  expectTypeOf<"everything">().toExtend<Listing>();
  expectTypeOf<{ inventory_project: string; inventory_version: string }>().toExtend<Listing>();
  expectTypeOf<["inventory"]>().toExtend<Listing>();
  expectTypeOf<["inventory", string]>().toExtend<Listing>();
  expectTypeOf<["inventory", string, string]>().toExtend<Listing>();
  expectTypeOf<["inventory", string, string, string]>().toExtend<Listing>();
  expectTypeOf<["state"]>().toExtend<Listing>();
  expectTypeOf<["state", string]>().toExtend<Listing>();
  expectTypeOf<["state", string, string]>().toExtend<Listing>();
  expectTypeOf<["state", string, string, string]>().toExtend<Listing>();
});

it("accepts the service's filters on every listing, and no others", () => {
  expectTypeOf<keyof Filters>().toEqualTypeOf<"type" | "username" | "since" | "until">();
  expectTypeOf<NonNullable<Filters["type"]>>().toEqualTypeOf<string | string[]>();
  const query = api.v1.events.query;
  const { inventory, project } = query;
  const ofProject = project[":project"];
  const ofEnvironment = ofProject[":environment"];
  const ofVersion = inventory[":project"][":application"][":version"];
  expectTypeOf<Filters>().toEqualTypeOf<Pick<QueryOf<typeof query>, keyof Filters>>();
  expectTypeOf<Filters>().toEqualTypeOf<Pick<QueryOf<typeof ofVersion>, keyof Filters>>();
  expectTypeOf<Filters>().toEqualTypeOf<Pick<QueryOf<typeof ofEnvironment>, keyof Filters>>();
  expectTypeOf<Filters>().toEqualTypeOf<Pick<QueryOf<typeof ofEnvironment.deployment>, keyof Filters>>();
  expectTypeOf<Filters>().toExtend<NonNullable<Parameters<typeof events>[1]>>();
  expectTypeOf<Filters>().toExtend<NonNullable<Parameters<typeof follow>[1]>>();
});

it("rejects every other argument", () => {
  const wrong = () => [
    // @ts-expect-error there is no such listing
    events("all"),
    // @ts-expect-error a tree is needed
    events([]),
    // @ts-expect-error there is no such tree
    events(["project", "shop"]),
    // @ts-expect-error a deployment is the lowest level
    follow(["state", "shop", "production", "api", "1"]),
    // @ts-expect-error a name may be left out, but not be undefined
    follow(["state", "shop", undefined]),
    // @ts-expect-error names are strings
    follow(["state", 7]),
    // @ts-expect-error there is no such field
    events({ project: "shop" }),
    // @ts-expect-error a filter of every listing is an option
    events({ type: "USER_SIGNUP" }),
    // @ts-expect-error there is no such filter
    events("everything", { user: "ann" }),
    // @ts-expect-error a time is a string
    follow("everything", { since: new Date() }),
    // @ts-expect-error only streams have a limit, and the client requests pages
    events("everything", { limit: "7" }),
    // @ts-expect-error a cursor is not part of a scope
    events({ page_from: "7" }),
    // @ts-expect-error `after` is for `follow` only
    events("everything", { after: "7" }),
    // @ts-expect-error `page_from` is for `events` only
    follow("everything", { page_from: "7" }),
    // @ts-expect-error an ID is a string: a number may have lost digits
    follow("everything", { after: 7 }),
    // @ts-expect-error a size is a number
    events("everything", { page_size: "7" }),
    // @ts-expect-error a token is needed
    tidings("https://tidings.example"),
    // @ts-expect-error there is no such route
    api.v1.events.query.inventory.$post(),
  ];
  expect(wrong).toBeTypeOf("function"); // only the compiler reads it
});
