import type { CloudEvent } from "../../schemas/cloud-event.ts";
import type { Event } from "../../schemas/event.ts";
import type { Description } from "./description.ts";

const EVENT_FIELDS = {
  type: "What happened.",
  username: "Who made it happen.",
  inventory_project: "The Inventory project it pertains to.",
  inventory_namespace: "Another spelling of `inventory_project`, with the same value.",
  inventory_application: "The Inventory application it pertains to; needs `inventory_project`.",
  inventory_version: "The release version it pertains to; needs `inventory_application`.",
  state_project: "The State project it pertains to.",
  state_environment: "The State environment it pertains to; needs `state_project`.",
  state_deployment: "The State deployment it pertains to; needs `state_environment`.",
  allowed_groups: "The groups that may see it. Left out: every signed-in reader. An empty array: nobody but auditors.",
  allowed_roles: "Another spelling of `allowed_groups`, with the same value.",
};

const ofEvent = {
  description: "Something that happened, as it was recorded. Fields without a value are left out.",
  fields: {
    ...EVENT_FIELDS,
    id: "Decimal, assigned by the service, strictly increasing in the order in which events are recorded.",
    timestamp: "Unix time in nanoseconds, exact to the last digit.",
    data: "Whatever else the producer said, as it was sent: its numbers may exceed 2^53.",
  } satisfies Record<keyof Event, string>,
};

const ofCloudEvent = {
  description: "An event as a CloudEvent 1.0 in structured form.",
  fields: {
    specversion: "The version of CloudEvents.",
    id: "The event's ID. With `source` it is the event's URL.",
    source: "Where it comes from; a path alone where the service does not know its own address.",
    type: "The event's type.",
    time: "The event's timestamp, to the last digit, as RFC 3339 has it.",
    subject: "The most specific place that the event names, if any, as a path.",
    datacontenttype: "What `data` is.",
    data: "The event as it is served.",
  } satisfies Record<keyof CloudEvent, string>,
};

const ofNewEvent = {
  description:
    "Something that happened, to be recorded. `null` and an empty string count as a field left out, except for " +
    "`allowed_groups`. Texts are at most 255 UTF-16 units long and hold no unpaired surrogate; the names of projects " +
    "and what is in them are never `.` or `..`.",
  fields: {
    ...EVENT_FIELDS,
    id: "Assigned by the service: leave it out.",
    timestamp: "Unix time in nanoseconds, at most 19 digits, exact as a number too. Left out: the time of receipt.",
    data: "Any JSON object, at most 32 KiB and 64 levels deep. Its numbers keep every digit.",
  } satisfies Record<keyof Event, string>,
};

export const EVENT_DESCRIPTIONS: Record<string, Description> = {
  Event: ofEvent,
  Events: { description: "A page of events." },
  CloudEvent: ofCloudEvent,
  CloudEvents: { description: "A page of events, as a batch of CloudEvents." },
  EventLines: {
    description:
      "Newline-delimited JSON: an `Event` a line. Whatever follows the last line break is cut off. No line holds a raw " +
      "U+0085, U+2028 or U+2029.",
  },
  EventRecords: {
    description:
      "CSV by RFC 4180, with a header. An absent value is empty; `allowed_groups` and `data` are JSON; `time` is " +
      "`timestamp` as RFC 3339 has it. Every cell is quoted. An apostrophe is inserted wherever a spreadsheet could take " +
      "text for a formula: at the start of a cell and, since some split at semicolons or tabs, after `;`, a tab or a line " +
      "break within it. In a column of JSON, such a `;` is written `\\u003b`, which is the same JSON.",
  },
  EventStream: {
    description:
      "Server-sent events: `data` is an `Event`, `id` its ID. An event of the type `position`, with empty `data`, says in " +
      "its `id` how far the stream has come: at its beginning, and every 15 seconds at the latest where no event comes.",
  },
  EventType: { description: "What happened." },
  NewEvent: ofNewEvent,
  RecordRequest: { description: "One event, or several to be recorded together in one transaction." },
};
