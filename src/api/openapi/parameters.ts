import type * as z from "zod";
import { DeliveryQuery } from "../../schemas/delivery.ts";
import { DeploymentPageQuery, FilteredPageQuery, LastEventId, Limit } from "../../schemas/page.ts";
import { Decimal, ScopeName } from "../../schemas/text.ts";
import { A_BOOKMARK, A_SET_TAG, A_TAG } from "./examples.ts";
import { jsonSchema } from "./json-schema.ts";
import type { JsonSchema, Parameter, Reference } from "./openapi-types.ts";

export type ParameterName = keyof ReturnType<typeof parameters>;

export function parameterRef(name: ParameterName): Reference {
  return { $ref: `#/components/parameters/${name}` };
}

export function parameters() {
  return { ...inPath(), ...inQuery(), ...ofDeliveries(), ...inHeader() };
}

function inPath() {
  return {
    InventoryProject: path("project", ScopeName, "webshop", "The Inventory project."),
    Application: path("application", ScopeName, "checkout", "The Inventory project's application."),
    ReleaseVersion: path("version", ScopeName, "2.4.0", "The release version."),
    StateProject: path("project", ScopeName, "webshop", "The State project."),
    Environment: path("environment", ScopeName, "production", "The State project's environment."),
    Project: path("project", ScopeName, "webshop", "The project, of State or Inventory: they share one namespace."),
    EventId: path("id", Decimal, "1042", "The event's ID."),
    DeliveryId: path("id", Decimal, "318", "The delivery's ID."),
    SubscriptionId: path("id", Decimal, "7", "The subscription's ID."),
    RecoveryId: path("recovery", Decimal, "12", "The recovery's ID."),
  };
}

function inQuery() {
  const { shape } = FilteredPageQuery;
  const filter = (name: keyof typeof shape, example: string, description: string) =>
    query(name, shape[name], example, description);
  return {
    PageSize: query(
      "page_size",
      DeliveryQuery.shape.page_size,
      100,
      "How many entries a page holds at most; of a stream, a page that it is made of: there the default is 500.",
    ),
    LastEventIdParameter: query(
      "lastEventId",
      LastEventId,
      "1042",
      "For a live stream: like `Last-Event-ID`, which counts before it, for clients that cannot send that header. A page " +
        "does not know it.",
    ),
    Limit: query("limit", Limit, 1000, "How many events a stream holds at most. A page does not know it."),
    PageFrom: query(
      "page_from",
      shape.page_from,
      "1042",
      "Events before this ID, newest first. Not with `page_after`.",
    ),
    PageAfter: query(
      "page_after",
      shape.page_after,
      "1042",
      "Events after this ID, oldest first: the way to follow the feed. Not with `page_from`.",
    ),
    FilterInventoryProject: filter("inventory_project", "webshop", "Only events of this Inventory project."),
    FilterInventoryApplication: filter(
      "inventory_application",
      "checkout",
      "Only events of this Inventory application. Counts only with `inventory_project`.",
    ),
    FilterInventoryVersion: filter(
      "inventory_version",
      "2.4.0",
      "Only events of this release version. Counts only with `inventory_project` and `inventory_application`.",
    ),
    FilterStateProject: filter(
      "state_project",
      "webshop",
      "Only events of this State project. Counts only without `inventory_project`.",
    ),
    FilterStateEnvironment: filter(
      "state_environment",
      "production",
      "Only events of this State environment. Counts only with `state_project`, without `inventory_project`.",
    ),
    FilterStateDeployment: filter(
      "state_deployment",
      "checkout-eu",
      "Only events of this State deployment. Counts only with `state_project` and `state_environment`, without " +
        "`inventory_project`.",
    ),
    FilterType: query(
      "type",
      shape.type,
      ["ADD_BUILD"],
      "Only events of this type; may be given several times, for any of them.",
    ),
    FilterUsername: filter("username", "ann", "Only events of this user."),
    FilterSince: filter(
      "since",
      "2026-01-31T09:30:00Z",
      "Only events with this timestamp or a later one: RFC 3339, or nanoseconds since 1970.",
    ),
    FilterUntil: filter(
      "until",
      "2026-02-01T00:00:00Z",
      "Only events with an earlier timestamp: RFC 3339, or nanoseconds since 1970.",
    ),
    Deployment: {
      ...query("deployment", DeploymentPageQuery.shape.deployment, "checkout-eu", "The deployment's name."),
      required: true,
    },
  };
}

function ofDeliveries() {
  const { shape } = DeliveryQuery;
  return {
    DeliveriesFrom: query("page_from", shape.page_from, "318", "Deliveries before this ID."),
    DeliveriesInState: query("state", shape.state, "failed", "Only those in this state."),
    DeliveriesOfSubscription: query("subscription", shape.subscription, "7", "Only those for this subscription."),
    DeliveriesOfEvent: query("event", shape.event, "1042", "Only those of this event."),
  };
}

function inHeader() {
  return {
    IfNoneMatch: header("If-None-Match", A_TAG, "Tags of copies that you hold: 304 where one is still right."),
    IfMatch: header(
      "If-Match",
      A_SET_TAG,
      "The tag of the set that you read: 412 where it has changed since. Left out: the last writer wins.",
    ),
    LastEventId: header(
      "Last-Event-ID",
      "1042",
      "For a live stream: events after this ID, whatever `page_after` says. A browser's EventSource sends it by itself. " +
        "An empty one counts as left out.",
      jsonSchema("output", Decimal),
    ),
    Bookmark: header(
      "x-d1-bookmark",
      A_BOOKMARK,
      "From an earlier answer: read data at least that fresh. What is not a bookmark is ignored.",
    ),
    IdempotencyKey: header(
      "Idempotency-Key",
      "6f6fd0ba-8f0e-4a36-9c38-0f4b1d3f2a11",
      "Names the request, so that it may be repeated: within 24 hours one key with one body records once. 1 to 255 " +
        "visible ASCII characters, bare or as a quoted string, which is the same key.",
      { type: "string", pattern: IDEMPOTENCY_KEY },
    ),
    WebhookId: ofWebhook("webhook-id", "msg_318", "The same on every attempt: tell by it what you already have."),
    WebhookTimestamp: ofWebhook("webhook-timestamp", "1763859601", "When it was sent, in seconds since 1970."),
    WebhookSignature: ofWebhook(
      "webhook-signature",
      "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
      "Of ID, timestamp and body; several, separated by spaces, while a secret is being rotated.",
    ),
    CloudEventVersion: ofWebhook("ce-specversion", "1.0", "The version of CloudEvents."),
    CloudEventId: ofWebhook("ce-id", "1042", "The event's ID. With `ce-source` it is the event's URL."),
    CloudEventSource: ofWebhook(
      "ce-source",
      "https://tidings.example.com/api/v1/events",
      "Where it comes from; a path alone where the service does not know its own address.",
    ),
    CloudEventType: ofWebhook("ce-type", "CREATE_STATE_DEPLOYMENT", "The event's type."),
    CloudEventTime: ofWebhook(
      "ce-time",
      "2025-11-23T01:00:00.123456789Z",
      "The event's timestamp, to the last digit, as RFC 3339 has it.",
    ),
    CloudEventSubject: header(
      "ce-subject",
      "state/webshop/production/checkout-eu",
      "The most specific place that the event names, if any, as a path; percent-encoded where a header needs it.",
    ),
  };
}

/** What `readIdempotencyKey` takes. */
const IDEMPOTENCY_KEY = String.raw`^(?:[!#-~][!-~]{0,254}|"(?:[!#-\[\]-~]|\\["\\]){1,255}")$`;

function path(name: string, schema: z.ZodType, example: string, description: string): Parameter {
  return { name, in: "path", required: true, description, schema: jsonSchema("output", schema), example };
}

function query(name: string, schema: z.ZodType, example: unknown, description: string): Parameter {
  return { name, in: "query", description, schema: jsonSchema("output", schema), example };
}

function header(
  name: string,
  example: string,
  description: string,
  schema: JsonSchema = { type: "string" },
): Parameter {
  return { name, in: "header", description, schema, example };
}

function ofWebhook(name: string, example: string, description: string): Parameter {
  return { ...header(name, example, description), required: true };
}
