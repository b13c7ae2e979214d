import * as z from "zod";
import { DeliveryQuery } from "../../schemas/delivery.ts";
import { LogQuery } from "../../schemas/log-query.ts";
import { DeploymentPageQuery, FilteredPageQuery, LastEventId, Limit } from "../../schemas/page.ts";
import { StreamChangesQuery } from "../../schemas/stream-change.ts";
import { Decimal, ScopeName } from "../../schemas/text.ts";
import { A_BOOKMARK, A_SET_TAG, A_TAG } from "./openapi-examples.ts";
import { A_CHECKPOINT_HEADER } from "./log-examples.ts";
import { jsonSchema } from "./openapi-schemas.ts";
import type { JsonSchema, Parameter, Reference } from "./openapi-types.ts";

export type ParameterName = keyof ReturnType<typeof parameters>;

export function parameterRef(name: ParameterName): Reference {
  return { $ref: `#/components/parameters/${name}` };
}

/** The parameters of all operations, by their names in the document. */
export function parameters() {
  return {
    ...pathParameters(),
    ...listingParameters(),
    ...deliveryParameters(),
    ...queryParameters(StreamChangesQuery.shape, { ChangesFrom: "page_from", ChangesAfter: "page_after" }),
    ...queryParameters(LogQuery.shape, { Cosigned: "cosigned" }),
    ...requestHeaders(),
    ...webhookHeaders(),
  };
}

function pathParameters() {
  return {
    InventoryProject: path("project", ScopeName, "webshop", "The Inventory project."),
    Application: path("application", ScopeName, "checkout", "The application of the Inventory project."),
    ReleaseVersion: path("version", ScopeName, "2.4.0", "The release version."),
    StateProject: path("project", ScopeName, "webshop", "The State project."),
    Environment: path("environment", ScopeName, "production", "The environment of the State project."),
    Project: path("project", ScopeName, "webshop", "The project. State and Inventory share one namespace of projects."),
    EventId: path("id", Decimal, "1042", "The event's ID."),
    DeliveryId: path("id", Decimal, "318", "The delivery's ID."),
    SubscriptionId: path("id", Decimal, "7", "The subscription's ID."),
    StreamId: path("id", Decimal, "3", "The stream's ID."),
    RecoveryId: path("recovery", Decimal, "12", "The recovery's ID."),
    TileLevel: path(
      "level",
      z.string().regex(/^(?:entries|[0-9]|[1-5][0-9]|6[0-3])$/),
      "0",
      "`entries`, or the level of the hashes: 0 to 63.",
    ),
    TileIndex: path(
      "tile",
      z.string().regex(/^(?:x[0-9]{3}\/)*[0-9]{3}(?:\.p\/[1-9][0-9]{0,2})?$/),
      "x001/234.p/17",
      "Which tile of its level, from 0, in groups of three digits. All groups but the last begin with `x`, and are followed " +
        "by a slash. For a partial tile, `.p/` and its width, 1 to 255, come at the end. The slashes are not encoded.",
    ),
  };
}

function listingParameters() {
  const shape = {
    ...FilteredPageQuery.shape,
    ...DeploymentPageQuery.shape,
    page_size: DeliveryQuery.shape.page_size, // with the default of pages, not of streams
    limit: Limit.optional(),
    lastEventId: LastEventId.optional(),
  };
  return queryParameters(shape, {
    PageSize: "page_size",
    PageFrom: "page_from",
    PageAfter: "page_after",
    Limit: "limit",
    LastEventIdParameter: "lastEventId",
    FilterInventoryProject: "inventory_project",
    FilterInventoryApplication: "inventory_application",
    FilterInventoryVersion: "inventory_version",
    FilterStateProject: "state_project",
    FilterStateEnvironment: "state_environment",
    FilterStateDeployment: "state_deployment",
    FilterType: "type",
    FilterUsername: "username",
    FilterSince: "since",
    FilterUntil: "until",
    Deployment: "deployment",
  });
}

function deliveryParameters() {
  return queryParameters(DeliveryQuery.shape, {
    DeliveriesFrom: "page_from",
    DeliveriesInState: "state",
    DeliveriesOfSubscription: "subscription",
    DeliveriesOfEvent: "event",
  });
}

function requestHeaders() {
  return {
    IfNoneMatch: header("If-None-Match", A_TAG, "The entity tags of your copies: 304 if one of them is current."),
    IfMatch: header(
      "If-Match",
      A_SET_TAG,
      "The entity tag of the set or stream that you read: 412 if it has been changed since. If absent, the last writer wins.",
    ),
    LastEventId: header(
      "Last-Event-ID",
      "1042",
      "For a live stream: only events after this ID; takes precedence over `page_after`. A browser's EventSource sends " +
        "it. An empty value is ignored.",
      jsonSchema("output", Decimal),
    ),
    Bookmark: header(
      "x-d1-bookmark",
      A_BOOKMARK,
      "From an earlier response: read data at least as fresh as that response. A malformed bookmark is ignored.",
    ),
    IdempotencyKey: header(
      "Idempotency-Key",
      "6f6fd0ba-8f0e-4a36-9c38-0f4b1d3f2a11",
      "Makes the request safe to repeat: within 24 hours, one key with one body records once. 1 to 255 visible ASCII " +
        "characters, bare or as a quoted string; both are the same key.",
      { type: "string", pattern: IDEMPOTENCY_KEY },
    ),
  };
}

function webhookHeaders() {
  const required = (name: string, example: string, description: string): Parameter => ({
    ...header(name, example, description),
    required: true,
  });
  return {
    WebhookId: required("webhook-id", "msg_318", "The same on every attempt: use it to drop duplicates."),
    WebhookTimestamp: required("webhook-timestamp", "1763859601", "When it was sent, in seconds since 1970."),
    WebhookSignature: required(
      "webhook-signature",
      "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
      "The signature of ID, timestamp and body. After a rotation of the secret: several, separated by spaces.",
    ),
    CloudEventVersion: required("ce-specversion", "1.0", "The version of CloudEvents."),
    CloudEventId: required("ce-id", "1042", "The event's ID. `ce-source`, a slash and `ce-id` form the event's URL."),
    CloudEventSource: required(
      "ce-source",
      "https://tidings.example.com/api/v1/events",
      "The URL of the service's events; only a path if the service does not know its URL.",
    ),
    CloudEventType: required("ce-type", "CREATE_STATE_DEPLOYMENT", "The event's type."),
    CloudEventTime: required(
      "ce-time",
      "2025-11-23T01:00:00.123456789Z",
      "The event's timestamp in RFC 3339, exact to the nanosecond.",
    ),
    CloudEventSubject: header(
      "ce-subject",
      "state/webshop/production/checkout-eu",
      "The most specific place that the event names, as a path, percent-encoded as headers require. Absent if the event " +
        "names none.",
    ),
    TidingsCheckpoint: header(
      "tidings-checkpoint",
      A_CHECKPOINT_HEADER,
      "The newest checkpoint of the log, in base64. Keep it: with it you can prove later that the log has not been changed. " +
        "Absent without a log. It bears the log's own signature.",
    ),
  };
}

/** The keys that `readIdempotencyKey` accepts. */
const IDEMPOTENCY_KEY = String.raw`^(?:[!#-~][!-~]{0,254}|"(?:[!#-\[\]-~]|\\["\\]){1,255}")$`;

/** One parameter for each field of a query's schema, under its name in the document. */
function queryParameters<Field extends string, Name extends string>(
  shape: Record<Field, z.ZodType>,
  fields: Record<Name, Field>,
): Record<Name, Parameter> {
  const named = Object.entries<Field>(fields).map(([name, field]) => [name, query(field, shape[field])] as const);
  return Object.fromEntries(named) as Record<Name, Parameter>; // the keys are those of `fields`
}

/** Takes `description` and `example` from the schema's metadata. */
function query(name: string, schema: z.ZodType): Parameter {
  const { description = "", example, ...type } = jsonSchema("output", schema);
  return { name, in: "query", ...(!schema.isOptional() && { required: true }), description, schema: type, example };
}

function path(name: string, schema: z.ZodType, example: string, description: string): Parameter {
  return { name, in: "path", required: true, description, schema: jsonSchema("output", schema), example };
}

function header(
  name: string,
  example: string,
  description: string,
  schema: JsonSchema = { type: "string" },
): Parameter {
  return { name, in: "header", description, schema, example };
}
