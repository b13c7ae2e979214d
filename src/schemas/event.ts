import * as z from "zod";
import { isRawNumber } from "../lib/exact-json.ts";
import { withoutLineBreaks } from "../lib/json-writer.ts";
import { boundedArray, distinctArray } from "./lists.ts";
import { LEVELS } from "./scope.ts";
import { absentWhenEmpty, objectError, Decimal, GroupName, ScopeName, Text } from "./text.ts";

/**
 * EscapeKit Event Service, table "Event", row `type`. The reference has UPDATE_INVENTORY_PROJECT_USER_ACL twice. The
 * second one is UPDATE_INVENTORY_PROJECT_TEAM_ACL here.
 */
export const EVENT_TYPES = [
  "CREATE_INVENTORY_PROJECT",
  "NEW_INVENTORY_APPLICATION",
  "UPLOAD_INVENTORY_APPLICATION",
  "UPDATE_INVENTORY_PROJECT_USER_ACL",
  "DELETE_INVENTORY_PROJECT_USER_ACL",
  "UPDATE_INVENTORY_PROJECT_TEAM_ACL",
  "DELETE_INVENTORY_PROJECT_TEAM_ACL",
  "CREATE_STATE_PROJECT",
  "CREATE_STATE_ENVIRONMENT",
  "CREATE_STATE_DEPLOYMENT",
  "UPDATE_STATE_DEPLOYMENT",
  "REDEPLOY_STATE_DEPLOYMENT",
  "RERUN_SMOKE_TESTS",
  "DESTROY_REQUESTED",
  "ADD_BUILD",
  "TRIGGER_BUILD_WEBHOOK",
  "BUILD_FINISHED_EVENT",
  "UPDATE_STATE_PROJECT_USER_ACL",
  "DELETE_STATE_PROJECT_USER_ACL",
  "UPDATE_STATE_PROJECT_TEAM_ACL",
  "DELETE_STATE_PROJECT_TEAM_ACL",
  "USER_SIGNUP",
  "USER_CONFIRMED",
  "TEAM_CREATED",
  "TEAM_DELETED",
  "TEAM_MEMBER_UPDATED",
  "TEAM_MEMBER_DELETED",
  "TEAM_SERVICE_ACCOUNT_CREATED",
] as const;

export const EventType = z
  .enum(EVENT_TYPES, { error: `must be one of ${EVENT_TYPES.join(", ")}` })
  .describe("A kind of event.");
export type EventType = z.infer<typeof EventType>;

/** A list of distinct types, for filters and subscriptions. */
export const EventTypes = distinctArray(EventType, {
  max: EVENT_TYPES.length,
  error: "must be an array of event types",
  tooMany: `must hold at most ${EVENT_TYPES.length} distinct types`,
});

export const MAX_EVENTS = 100;
const MAX_GROUPS = 32;
const MAX_DATA_BYTES = 32 * 1024;
const MAX_DATA_DEPTH = 64;

/**
 * Reads a number by its digits. A number that `parseExactJson` returns as a JavaScript number has the digits that were
 * sent.
 */
const Timestamp = z.preprocess(
  (value) => (isRawNumber(value) ? value.rawJSON : typeof value === "number" ? String(value) : value),
  Decimal.meta({ type: ["string", "integer"], minimum: 0 }),
);

/** Any JSON object. It becomes the JSON text that is stored and served, so its numbers keep every digit. */
const Data = z
  .custom<Record<string, unknown>>(isJsonObject, "must be a JSON object")
  .transform((data, ctx) => {
    // The depth is checked first, because stringify and the surrogate check recurse.
    if (depthExceeds(data, MAX_DATA_DEPTH)) ctx.addIssue(`must nest at most ${MAX_DATA_DEPTH} levels deep`);
    else if (!isWellFormed(data)) ctx.addIssue("must not hold an unpaired surrogate");
    else {
      const text = JSON.stringify(data);
      if (new TextEncoder().encode(text).byteLength <= MAX_DATA_BYTES) return withoutLineBreaks(text);
      ctx.addIssue(`must be at most ${MAX_DATA_BYTES} bytes as JSON`);
    }
    return z.NEVER;
  })
  .meta({ type: "object", additionalProperties: true });

/** The fields that have the same meaning for producers and readers. */
const FIELDS = {
  type: EventType.describe("The kind of the event."),
  username: Text.describe("The user who caused the event."),
  inventory_project: ScopeName.describe("The Inventory project that the event is about."),
  inventory_namespace: ScopeName.describe("Another spelling of `inventory_project`, with the same value."),
  inventory_application: ScopeName.describe("The Inventory application. Needs `inventory_project`."),
  inventory_version: ScopeName.describe("The release version. Needs `inventory_application`."),
  state_project: ScopeName.describe("The State project that the event is about."),
  state_environment: ScopeName.describe("The State environment. Needs `state_project`."),
  state_deployment: ScopeName.describe("The State deployment. Needs `state_environment`."),
};

const ALLOWED_GROUPS =
  "The groups whose members may see the event. If absent, every signed-in reader may see it; if empty, only auditors may.";
const ALLOWED_ROLES = "Another spelling of `allowed_groups`, with the same value.";

const AllowedGroups = boundedArray(GroupName, {
  max: MAX_GROUPS,
  error: "must be an array of group names",
  tooMany: `must hold at most ${MAX_GROUPS} groups`,
});

/** A field that readers get, but producers may not send. */
function leftOut(why: string) {
  return absentWhenEmpty(z.undefined({ error: `is ${why}: leave it out` })).meta({
    type: "string",
    const: "",
    description: `${why.charAt(0).toUpperCase()}${why.slice(1)}: leave it out.`,
  });
}

const EventFields = z.strictObject(
  {
    id: leftOut("assigned by the service"),
    type: FIELDS.type,
    timestamp: absentWhenEmpty(Timestamp).describe(
      "Unix time in nanoseconds, at most 19 digits; exact as a number too. If absent, the time of receipt.",
    ),
    recorded_at: leftOut("set by the service"),
    username: absentWhenEmpty(FIELDS.username),
    inventory_project: absentWhenEmpty(FIELDS.inventory_project),
    inventory_namespace: absentWhenEmpty(FIELDS.inventory_namespace),
    inventory_application: absentWhenEmpty(FIELDS.inventory_application),
    inventory_version: absentWhenEmpty(FIELDS.inventory_version),
    state_project: absentWhenEmpty(FIELDS.state_project),
    state_environment: absentWhenEmpty(FIELDS.state_environment),
    state_deployment: absentWhenEmpty(FIELDS.state_deployment),
    allowed_groups: AllowedGroups.optional().describe(ALLOWED_GROUPS),
    allowed_roles: AllowedGroups.optional().describe(ALLOWED_ROLES),
    data: absentWhenEmpty(Data).describe(
      "Any JSON object, at most 32 KiB and 64 levels deep. Its numbers keep every digit.",
    ),
  },
  objectError("must be an event, as a JSON object"),
);

/** An event as a producer sends it. The parsed event has one spelling of each field, and `data` as JSON text. */
export const NewEvent = z
  .preprocess(plainNumber, EventFields)
  .transform(mergeSpellings)
  .describe(
    "An event to record. `null` and an empty string count as an absent field, except for `allowed_groups`. Texts are at " +
      "most 255 UTF-16 units long and contain no unpaired surrogate. The names of projects, applications, versions, " +
      "environments and deployments are never `.` or `..`.",
  );
export type NewEvent = z.output<typeof NewEvent>;

/** Merges the two spellings of a field into one value. */
function mergeSpellings(fields: z.output<typeof EventFields>, ctx: z.RefinementCtx) {
  const { id: _id, recorded_at: _at, inventory_namespace, allowed_roles, ...rest } = fields;
  const event = {
    ...rest,
    inventory_project: rest.inventory_project ?? inventory_namespace,
    allowed_groups: rest.allowed_groups ?? allowed_roles,
  };
  if (inventory_namespace !== undefined && inventory_namespace !== event.inventory_project) {
    ctx.addIssue({
      code: "custom",
      path: ["inventory_namespace"],
      message: "must equal inventory_project, of which it is another spelling",
    });
  }
  if (allowed_roles !== undefined && JSON.stringify(allowed_roles) !== JSON.stringify(event.allowed_groups)) {
    ctx.addIssue({
      code: "custom",
      path: ["allowed_roles"],
      message: "must equal allowed_groups, of which it is another spelling",
    });
  }
  for (const { name, parent } of LEVELS) {
    if (parent !== undefined && event[name] !== undefined && event[parent] === undefined) {
      ctx.addIssue({ code: "custom", path: [name], message: `requires ${parent}` });
    }
  }
  return event;
}

const NewEvents = boundedArray(NewEvent, {
  max: MAX_EVENTS,
  error: "must be an array of events",
  tooMany: `must hold at most ${MAX_EVENTS} events`,
})
  .refine((events) => events.length > 0, "must hold at least one event")
  .meta({ minItems: 1 });

/** The body of `POST /internal/create-event`: one event, or an array of events. The parsed value is always an array. */
export const RecordRequest = z
  .union([NewEvents, NewEvent.transform((event) => [event])], { error: "must be an event, or an array of events" })
  .describe("One event, or several that are recorded together in one transaction.");

/**
 * An event as the API returns it. Two fields have two spellings, and the event has both. Absent fields are left out.
 */
export const Event = z
  .object({
    id: Decimal.describe("Decimal, assigned by the service. IDs increase in the order in which events are recorded."),
    type: FIELDS.type,
    timestamp: Decimal.describe("Unix time in nanoseconds, exact to the last digit."),
    recorded_at: z.iso
      .datetime({ precision: 3 })
      .describe("When the service received the event: RFC 3339 in UTC, with milliseconds."),
    username: FIELDS.username.optional(),
    inventory_project: FIELDS.inventory_project.optional(),
    inventory_namespace: FIELDS.inventory_namespace.optional(),
    inventory_application: FIELDS.inventory_application.optional(),
    inventory_version: FIELDS.inventory_version.optional(),
    state_project: FIELDS.state_project.optional(),
    state_environment: FIELDS.state_environment.optional(),
    state_deployment: FIELDS.state_deployment.optional(),
    allowed_groups: z.array(GroupName).optional().describe(ALLOWED_GROUPS),
    allowed_roles: z.array(GroupName).optional().describe(ALLOWED_ROLES),
    data: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Further details, as the producer sent them. Their numbers may exceed 2^53."),
  })
  .describe("A recorded event. Fields without a value are left out.");
export type Event = z.infer<typeof Event>;

/**
 * Converts a raw number to a plain one. `parseExactJson` makes a raw number an object, which must not pass as an event.
 */
function plainNumber(value: unknown): unknown {
  return isRawNumber(value) ? Number(value.rawJSON) : value;
}

function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

function depthExceeds(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null || isRawNumber(value)) return false;
  return limit === 0 || Object.values(value).some((child) => depthExceeds(child, limit - 1));
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null || isRawNumber(value)) return true;
  return Object.entries(value).every(([key, child]) => key.isWellFormed() && isWellFormed(child));
}
