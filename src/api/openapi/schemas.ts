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
import { DESCRIPTIONS } from "./descriptions.ts";
import { namedJsonSchemas } from "./json-schema.ts";
import type { JsonSchema, Reference } from "./openapi-types.ts";

const SHARED = { EventType, SubscriptionType, DeliveryState };

/** What clients send. */
const REQUESTS = { NewEvent, RecordRequest, NewSubscription, SubscriptionSet, RecoveryRequest };

/** What they get. */
const ANSWERS = {
  Event,
  Events: z.array(Event),
  CloudEvent,
  CloudEvents: z.array(CloudEvent),
  EventLines: z.string(),
  EventRecords: z.string(),
  EventStream: z.string(),
  Subscription,
  Subscriptions: z.array(Subscription),
  SubscriptionStatus,
  SigningSecret,
  Delivery,
  Deliveries: z.array(Delivery),
  DeliveryHistory,
  Attempt,
  AttemptOutcome,
  TestAttempt,
  Recovery,
  Health: z.object({ status: z.literal("ok") }),
  OpenApi: z.looseObject({ openapi: z.string() }),
  Problem,
  Fault,
};

/** The schemas that have a name in the document: the very ones that requests are held to. */
export const SCHEMAS = { ...SHARED, ...REQUESTS, ...ANSWERS };
export type SchemaName = keyof typeof SCHEMAS;

export function schemaRef(name: SchemaName): Reference {
  return { $ref: `#/components/schemas/${name}` };
}

export function schemas(): Record<string, JsonSchema> {
  const all = {
    ...namedJsonSchemas("input", { ...SHARED, ...REQUESTS }),
    ...namedJsonSchemas("output", { ...SHARED, ...ANSWERS }),
  };
  return Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, described(name, schema)]));
}

function described(name: string, schema: JsonSchema): JsonSchema {
  const words = DESCRIPTIONS[name];
  if (words === undefined) return schema;
  const properties = Object.entries(schema.properties ?? {}).map(([field, property]) => [
    field,
    typeof property === "object" ? { description: words.fields?.[field], ...property } : property,
  ]);
  return {
    description: words.description,
    ...schema,
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
  };
}
