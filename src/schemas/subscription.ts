import * as z from "zod";
import { EventType, EventTypes } from "./event.ts";
import { boundedArray, distinctArray } from "./lists.ts";
import { absentWhenEmpty, objectError, Decimal, GroupName, MAX_TEXT, ScopeName, Text } from "./text.ts";

export const MAX_SUBSCRIPTIONS = 50;
export const MAX_SUBSCRIPTION_GROUPS = 200;
const MAX_URL = 2048;

export const SubscriptionType = z
  .enum(["webhook", "slack"], { error: "must be webhook or slack" })
  .describe("A kind of channel.");
export type SubscriptionType = z.infer<typeof SubscriptionType>;

export const SubscriptionStatus = z
  .enum(["active", "failing", "disabled"])
  .describe(
    "`active`: no attempt has failed since the last success; `failing`: the last attempts failed; `disabled`: by an owner, by its receiver, or because every attempt has failed for 5 days.",
  );

/** `:emoji:`, which may have a skin tone, or the URL of an image. */
const SlackIcon = Text.refine(
  (value) => /^:[^\s:]+:(?::skin-tone-[2-6]:)?$/.test(value) || /^https?:\/\/\S+$/.test(value),
  "must be an :emoji: or the URL of an image",
).describe("The icon that Slack shows: `:emoji:` or the URL of an image. Only for `slack`.");

const SlackUsername = Text.describe("The name that Slack shows. Only for `slack`.");

const Destination = z
  .string("must be a URL")
  .min(1, "must be a URL")
  .refine((url) => url.length <= MAX_URL, `must be at most ${MAX_URL} UTF-16 units long`)
  .refine((url) => url.isWellFormed(), "must not hold an unpaired surrogate")
  .meta({ maxLength: MAX_URL });

const Ignored = z
  .unknown()
  .optional()
  .describe("Set by the service. Ignored here, so that a body from `GET` can be sent back unchanged.");

/** A subscription as an owner sends it in a `PUT`. */
export const NewSubscription = z
  .strictObject(
    {
      id: absentWhenEmpty(Decimal).describe(
        "The ID of a subscription to keep, with its secret and history. An entry without an ID replaces a stored " +
          "subscription of the same `type` and `url` that no entry names, in order. If there is none, it is new.",
      ),
      type: SubscriptionType.describe("The kind of its channel."),
      url: Destination.describe(
        "An `https` URL on a public host, without credentials, and not an IP address; for `slack` on `hooks.slack.com` " +
          "or `hooks.slack-gov.com`. To change it, you must be in every group that the subscription keeps; else 403.",
      ),
      slack_username: absentWhenEmpty(SlackUsername),
      slack_icon: absentWhenEmpty(SlackIcon),
      event_types: z
        .preprocess(
          (value) => value ?? undefined,
          EventTypes.refine((types) => types.length > 0, "must name at least one type, or be left out for all")
            .meta({ minItems: 1 })
            .optional(),
        )
        .describe(
          "The event types that it receives, without duplicates. If absent, all types. If a delivery waits for the " +
            "subscription and its event has another type, it is not sent: it fails with a reason.",
        ),
      allowed_groups: distinctArray(GroupName, {
        max: MAX_SUBSCRIPTION_GROUPS,
        error: "must be an array of group names",
        tooMany: `must hold at most ${MAX_SUBSCRIPTION_GROUPS} distinct groups`,
      })
        .optional()
        .describe(
          "The groups whose events it receives: a restricted event is sent if it allows one of them. You can add only " +
            `groups that you are in. At most ${MAX_SUBSCRIPTION_GROUPS}, without duplicates. If absent, a new subscription ` +
            `gets all your groups, and the response lists them. Groups with more than ${MAX_TEXT} UTF-16 units are left ` +
            "out, because they cannot be stored. The groups of all subscriptions of a project are at most 3 MiB as JSON. " +
            "The groups are checked again before each attempt.",
        ),
      enabled: z
        .preprocess((value) => value ?? undefined, z.boolean("must be true or false").default(true))
        .describe("`false` holds deliveries; `true` releases them, and enables a subscription that was disabled."),
      status: Ignored,
      disabled_reason: Ignored,
      disabled_at: Ignored,
      created_at: Ignored,
    },
    objectError("must be a subscription, as a JSON object"),
  )
  .transform(({ status: _s, disabled_reason: _r, disabled_at: _a, created_at: _c, ...entry }, ctx) => {
    for (const field of ["slack_username", "slack_icon"] as const) {
      if (entry.type !== "slack" && entry[field] !== undefined) {
        ctx.addIssue({ code: "custom", path: [field], message: "is for Slack subscriptions only" });
      }
    }
    return entry;
  })
  .describe("A subscription as an owner sends it. `null` counts as an absent field, except for `allowed_groups`.");
export type NewSubscription = z.output<typeof NewSubscription>;

export const SubscriptionSet = boundedArray(NewSubscription, {
  max: MAX_SUBSCRIPTIONS,
  error: "must be an array of subscriptions",
  tooMany: `must hold at most ${MAX_SUBSCRIPTIONS} subscriptions`,
})
  .superRefine((entries, ctx) => {
    const seen = new Set<string>();
    for (const [index, { id }] of entries.entries()) {
      if (id === undefined) continue;
      if (seen.has(id))
        ctx.addIssue({ code: "custom", path: [index, "id"], message: "must not be the ID of two entries" });
      seen.add(id);
    }
  })
  .describe("All subscriptions that the project will have. An empty array deletes them all.");

/** A subscription as the API returns it. Readers who are not owners see only the origin of `url`. */
export const Subscription = z
  .object({
    id: Decimal.describe("Decimal, assigned by the service."),
    type: SubscriptionType.describe("The kind of its channel."),
    url: z
      .string()
      .describe("The URL that receives the events. Readers who are not owners see only its origin: it is a secret."),
    slack_username: SlackUsername.optional(),
    slack_icon: SlackIcon.optional(),
    event_types: z.array(EventType).optional().describe("The event types that it receives. If absent, all types."),
    allowed_groups: z
      .array(GroupName)
      .describe("The groups whose events it receives: a restricted event is sent if it allows one of them."),
    enabled: z.boolean().describe("While false, deliveries are held, not lost."),
    status: SubscriptionStatus.describe("The health of the subscription."),
    disabled_reason: z.string().optional().describe("Why it is disabled."),
    disabled_at: z.iso.datetime().optional().describe("When it was disabled."),
    created_at: z.iso.datetime().describe("When it was created."),
  })
  .describe("A channel that receives a project's events, and its health.");
export type Subscription = z.infer<typeof Subscription>;

/** The path of a project's subscriptions. The name must be valid as the name of an event's project. */
export const ProjectPath = z.object({ project: ScopeName });

export const SigningSecret = z
  .object({
    signing_secret: z
      .string()
      .describe("The secret in the format of Standard Webhooks 1.0: `whsec_` and the key in base64."),
  })
  .describe("The secret that a receiver checks signatures with.");
