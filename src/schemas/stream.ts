import * as z from "zod";
import { distinctArray } from "./lists.ts";
import { CHANGED_DESTINATIONS, NEW_DESTINATIONS, SERVED_DESTINATIONS, STREAM_KINDS } from "./stream-destinations.ts";
import { StreamListing } from "./stream-listing.ts";
import { absentWhenEmpty, Decimal, GroupName, objectError, Text } from "./text.ts";

export const MAX_STREAMS = 50;
export const MAX_STREAM_GROUPS = 200;

const STREAM_FORMATS = ["tidings", "cloudevents", "ocsf"] as const;
export const StreamFormat = z
  .enum(STREAM_FORMATS, { error: `must be one of ${STREAM_FORMATS.join(", ")}` })
  .describe(
    "The JSON of each event. `tidings`: as the API returns it; `cloudevents`: CloudEvents 1.0 in structured mode; " +
      "`ocsf`: the class Entity Management (3004) of the Open Cybersecurity Schema Framework.",
  );
export type StreamFormat = z.infer<typeof StreamFormat>;

export const StreamStatus = z
  .enum(["active", "failing", "paused"])
  .describe(
    "`active`: the last attempt succeeded, or there was none; `failing`: it failed; `paused`: `enabled` is false.",
  );
export type StreamStatus = z.infer<typeof StreamStatus>;

const Ignored = z
  .unknown()
  .optional()
  .describe("Set by the service. Ignored here, so that a body from `GET` can be sent back unchanged.");

const NAME = Text.min(1, "must not be empty").describe("The name of the stream, for people.");

const ALLOWED_GROUPS =
  "The groups whose events the stream carries, with the unrestricted events. If absent, it carries every event, and only " +
  "an operator who is an auditor may create it.";

/** The fields that an operator sends, except the kind, the destination and `after`. */
const SETTINGS = {
  name: NAME,
  format: z.preprocess((value) => value ?? undefined, StreamFormat.default("tidings")),
  listing: z.preprocess((value) => value ?? undefined, StreamListing.default({})),
  allowed_groups: distinctArray(GroupName, {
    max: MAX_STREAM_GROUPS,
    error: "must be an array of group names",
    tooMany: `must hold at most ${MAX_STREAM_GROUPS} distinct groups`,
  })
    .optional()
    .describe(
      `${ALLOWED_GROUPS} You can add only groups that you are in. At most ${MAX_STREAM_GROUPS}, without duplicates.`,
    ),
  enabled: z
    .preprocess((value) => value ?? undefined, z.boolean("must be true or false").default(true))
    .describe("`false` pauses the stream. It sends nothing until it is `true` again, and then goes on from `after`."),
};

const SET_BY_SERVICE = {
  id: Ignored,
  status: Ignored,
  behind: Ignored,
  last_success_at: Ignored,
  last_error: Ignored,
  refused_event: Ignored,
  next_attempt_at: Ignored,
  created_at: Ignored,
};

/** Counting stops here, so that the count of a stream far behind stays cheap. */
export const MAX_COUNTED = 1000;

export const Behind = z
  .object({
    events: z.int().describe(`The number of events that have not arrived yet. Counting stops at ${MAX_COUNTED}.`),
    since: z.iso.datetime().optional().describe("When the oldest of them was recorded. Absent if there is none."),
    is_partial: z
      .literal(true)
      .optional()
      .describe("Set if only the next 10,000 events were compared with the filters of the stream, so more may wait."),
  })
  .describe(
    "How far the stream is behind. Absent if the next events are in the archive, and the archive cannot be read.",
  );
export type Behind = z.infer<typeof Behind>;

const IS_STREAM = {
  error: ({ code }: { code?: string | undefined }) =>
    code === "invalid_union" ? `must be one of ${STREAM_KINDS.join(", ")}` : "must be a stream, as a JSON object",
};

const AFTER = Decimal.describe(
  "The ID after which the stream begins; `0` begins at the oldest event. If absent, the stream begins after the newest event.",
);

/** A stream as an operator sends it in a `POST`. */
export const NewStream = z
  .discriminatedUnion(
    "kind",
    [newStream("http"), newStream("splunk_hec"), newStream("datadog"), newStream("s3")],
    IS_STREAM,
  )
  .describe(
    "A stream to create. In optional fields, `null` counts as absent, except in `allowed_groups`. So does an empty string in " +
      "`after`, in `listing` and in `destination`.",
  );
export type NewStream = z.output<typeof NewStream>;

/** A stream as an operator sends it in a `PUT`. */
export const ChangedStream = z
  .discriminatedUnion(
    "kind",
    [changedStream("http"), changedStream("splunk_hec"), changedStream("datadog"), changedStream("s3")],
    IS_STREAM,
  )
  .describe("A stream as it will be. A secret that is left out stays, and everything else is replaced.");
export type ChangedStream = z.output<typeof ChangedStream>;

/** A stream as the API returns it, without its secret. */
export const Stream = z
  .discriminatedUnion("kind", [
    servedStream("http"),
    servedStream("splunk_hec"),
    servedStream("datadog"),
    servedStream("s3"),
  ])
  .describe("A stream of events, and its health. It has no secrets.");
export type Stream = z.output<typeof Stream>;

type Kind = (typeof STREAM_KINDS)[number];

function newStream<Of extends Kind>(kind: Of) {
  return z
    .strictObject({
      ...SETTINGS,
      ...SET_BY_SERVICE,
      kind: z.literal(kind),
      destination: NEW_DESTINATIONS[kind],
      after: absentWhenEmpty(AFTER),
    })
    .transform(withoutIgnored);
}

function changedStream<Of extends Kind>(kind: Of) {
  return z
    .strictObject({
      ...SETTINGS,
      ...SET_BY_SERVICE,
      kind: z.literal(kind),
      destination: CHANGED_DESTINATIONS[kind],
      after: Ignored,
    })
    .transform(({ after: _a, ...rest }) => withoutIgnored(rest));
}

function servedStream<Of extends Kind>(kind: Of) {
  return z.object({
    id: Decimal.describe("Decimal, assigned by the service."),
    name: NAME,
    kind: z.literal(kind),
    destination: SERVED_DESTINATIONS[kind],
    format: StreamFormat,
    listing: StreamListing,
    allowed_groups: z.array(GroupName).optional().describe(ALLOWED_GROUPS),
    enabled: z.boolean().describe("False if the stream is paused."),
    status: StreamStatus,
    after: Decimal.describe(
      "The position of the stream. Each event of the stream up to this ID has arrived, was skipped, or was recorded before the " +
        "stream began.",
    ),
    behind: Behind.optional(),
    last_success_at: z.iso.datetime().optional().describe("When the receiver last accepted a batch."),
    last_error: z
      .string()
      .optional()
      .describe(
        "Why the last attempt failed, and why `refused_event` was refused before. Absent if the last attempt succeeded, or there was none. For `datadog`, it may also say how many " +
          "events of an accepted batch were sent with the time of sending as their date.",
      ),
    refused_event: Decimal.optional().describe(
      "The event that the receiver refused. The stream tries it again, until `skip` steps over it.",
    ),
    next_attempt_at: z.iso
      .datetime()
      .optional()
      .describe("When the stream tries again, or soon after. Absent if it is not `failing`."),
    created_at: z.iso.datetime().describe("When the stream was created."),
  });
}

function withoutIgnored<Sent extends Partial<Record<keyof typeof SET_BY_SERVICE, unknown>>>(sent: Sent) {
  const {
    id: _i,
    status: _s,
    behind: _b,
    last_success_at: _l,
    last_error: _e,
    refused_event: _r,
    next_attempt_at: _n,
    created_at: _c,
    ...rest
  } = sent;
  return rest;
}

export const StreamRewind = z
  .strictObject(
    { after: Decimal.describe("The ID after which the stream goes on. `0` begins at the oldest event.") },
    objectError('must be a position, as in {"after": "1042"}'),
  )
  .describe("Where the stream goes on. Events after this ID are sent, even if they were sent before.");

export const StreamSkip = z
  .strictObject(
    { event: Decimal.describe("The ID of the event in `refused_event`.") },
    objectError('must name an event, as in {"event": "1042"}'),
  )
  .describe("The event that the stream steps over. It is kept among the changes.");
