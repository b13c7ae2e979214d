import * as z from "zod";
import { CloudEvent } from "../../schemas/cloud-event.ts";
import {
  Attempt,
  AttemptOutcome,
  Delivery,
  DeliveryHistory,
  DeliveryState,
  TestAttempt,
} from "../../schemas/delivery.ts";
import { Event, EventType, NewEvent, RecordRequest } from "../../schemas/event.ts";
import { Fault, Problem } from "../../schemas/problem.ts";
import { Recovery, RecoveryRequest } from "../../schemas/recovery.ts";
import {
  NewSubscription,
  SigningSecret,
  Subscription,
  SubscriptionSet,
  SubscriptionStatus,
  SubscriptionType,
} from "../../schemas/subscription.ts";
import { StreamAction, StreamChange, StreamChangeDetails, StreamCheck } from "../../schemas/stream-change.ts";
import {
  ChangedStream,
  NewStream,
  Stream,
  StreamFormat,
  StreamRewind,
  StreamSkip,
  StreamStatus,
} from "../../schemas/stream.ts";
import { StreamListing } from "../../schemas/stream-listing.ts";
import type { JsonSchema, Reference } from "./openapi-types.ts";

type Direction = "input" | "output";

const SHARED = { EventType, SubscriptionType, DeliveryState, StreamFormat };

const REQUESTS = {
  NewEvent,
  RecordRequest,
  NewSubscription,
  SubscriptionSet,
  RecoveryRequest,
  NewStream,
  ChangedStream,
  StreamListing,
  StreamRewind,
  StreamSkip,
};

const EVENT_LINES =
  "Newline-delimited JSON: one `Event` per line. Text after the last line break belongs to an incomplete event. No line " +
  "contains a raw U+0085, U+2028 or U+2029.";

const EVENT_RECORDS =
  "CSV by RFC 4180, with a header. An absent value is empty; `allowed_groups` and `data` are JSON; `time` is `timestamp` " +
  "in RFC 3339. Every cell is quoted. An apostrophe is inserted before text that a spreadsheet could read as a formula: " +
  "at the start of a cell and, since some spreadsheets split at semicolons or tabs, after `;`, a tab or a line break " +
  "within it. In a column of JSON, such a `;` is written `\\u003b`, which is the same JSON.";

const EVENT_STREAM =
  "Server-sent events: `data` is an `Event`, `id` its ID. A message of the type `position` has empty `data`; its `id` is " +
  "the position of the stream. It is sent at the beginning, and after at most 15 seconds without an event.";

const OPENED_EVENT_LINES =
  "Newline-delimited JSON: one object per line. `event` is the event, byte for byte as it is served. `opening` is base64 of 32 " +
  "bytes, without which nobody can match the event with its entry; null if it was destroyed. `index` is the place of the entry " +
  "in the log; null if the newest checkpoint does not cover the event.";

const CHECKPOINT =
  "A signed note (C2SP tlog-checkpoint): the log's origin, the number of entries, the root of the tree in base64, an empty line, " +
  "and a line for each signature.";

const EVENT_PROOF =
  "C2SP tlog-proof: `extra` is the event's opening in base64, `index` the place of its entry. The hashes of the inclusion proof " +
  "and the signed checkpoint follow.";

const TILE = "Bytes. The example is a bundle, each of whose bytes is one character.";

const RESPONSES = {
  Event,
  Events: z.array(Event).describe("A page of events."),
  CloudEvent,
  CloudEvents: z.array(CloudEvent).describe("A page of events, as a batch of CloudEvents."),
  EventLines: z.string().describe(EVENT_LINES),
  OpenedEventLines: z.string().describe(OPENED_EVENT_LINES),
  Checkpoint: z.string().describe(CHECKPOINT),
  LogKey: z.string().describe("A C2SP verifier key: the log's origin, the key's ID in hex, and the key in base64."),
  Tile: z.string().describe(TILE),
  EventProof: z.string().describe(EVENT_PROOF),
  EventRecords: z.string().describe(EVENT_RECORDS),
  EventStream: z.string().describe(EVENT_STREAM),
  Subscription,
  Subscriptions: z.array(Subscription).describe("All subscriptions of a project, oldest first."),
  SubscriptionStatus,
  SigningSecret,
  Delivery,
  Deliveries: z.array(Delivery).describe("A page of deliveries, newest first."),
  DeliveryHistory,
  Attempt,
  AttemptOutcome,
  TestAttempt,
  Recovery,
  Stream,
  Streams: z.array(Stream).describe("All streams, oldest first."),
  StreamStatus,
  StreamCheck,
  StreamChange,
  StreamChanges: z.array(StreamChange).describe("A page of changes."),
  StreamChangeDetails,
  StreamAction,
  Health: z
    .object({ status: z.literal("ok").describe("Always `ok`.") })
    .describe("The service and its database are available."),
  OpenApi: z
    .looseObject({ openapi: z.string().describe("The version of OpenAPI.") })
    .describe("An OpenAPI 3.1 document."),
  Problem,
  Fault,
};

/** The named schemas of the document. The service validates requests with the same schemas. */
export const SCHEMAS = { ...SHARED, ...REQUESTS, ...RESPONSES };
export type SchemaName = keyof typeof SCHEMAS;

export function schemaRef(name: SchemaName): Reference {
  return { $ref: `#/components/schemas/${name}` };
}

export function schemas(): Record<string, JsonSchema> {
  return {
    ...namedJsonSchemas("input", { ...SHARED, ...REQUESTS }),
    ...namedJsonSchemas("output", { ...SHARED, ...RESPONSES }),
  };
}

export function jsonSchema(direction: Direction, schema: z.ZodType): JsonSchema {
  return withoutEnvelope(z.toJSONSchema(schema, optionsFor(direction)));
}

/** Schemas by name, with `$ref` from one to another. */
function namedJsonSchemas(direction: Direction, named: Record<string, z.ZodType>): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const options = { ...optionsFor(direction), uri: (id: string) => `#/components/schemas/${id}` };
  const converted = Object.entries(z.toJSONSchema(registry, options).schemas);
  return Object.fromEntries(converted.map(([id, schema]) => [id, withoutEnvelope(schema)]));
}

function optionsFor(direction: Direction) {
  return {
    io: direction,
    unrepresentable: "any",
    override: ({ jsonSchema: json }) => {
      if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
      if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
      if (json.format === "date-time") delete json.pattern;
      // Later versions may add fields to a response.
      if (direction === "output" && json.additionalProperties === false) delete json.additionalProperties;
      delete json.propertyNames; // property names are always strings in JSON
    },
  } satisfies z.core.ToJSONSchemaParams;
}

function withoutEnvelope({ $schema: _dialect, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
