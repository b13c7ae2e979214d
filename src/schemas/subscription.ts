import * as z from "zod";
import { EventType, EventTypes } from "./event.ts";
import { boundedArray, distinctArray } from "./lists.ts";
import { absentWhenEmpty, objectError, Decimal, GroupName, ScopeName, Text } from "./text.ts";

export const MAX_SUBSCRIPTIONS = 50;
export const MAX_SUBSCRIPTION_GROUPS = 200;
const MAX_URL = 2048;

export const SubscriptionType = z.enum(["webhook", "slack"], { error: "must be webhook or slack" });
export type SubscriptionType = z.infer<typeof SubscriptionType>;

export const SubscriptionStatus = z.enum(["active", "failing", "disabled"]);

/** `:emoji:` (with a skin tone if need be) or the URL of an image. */
const SlackIcon = Text.refine(
  (value) => /^:[^\s:]+:(?::skin-tone-[2-6]:)?$/.test(value) || /^https?:\/\/\S+$/.test(value),
  "must be an :emoji: or the URL of an image",
);

const Destination = z
  .string("must be a URL")
  .min(1, "must be a URL")
  .refine((url) => url.length <= MAX_URL, `must be at most ${MAX_URL} UTF-16 units`)
  .refine((url) => url.isWellFormed(), "must not hold an unpaired surrogate")
  .meta({ maxLength: MAX_URL });

const slackFields = { slack_username: Text.optional(), slack_icon: SlackIcon.optional() };

/** Set by the service, and ignored in a `PUT`: what `GET` answered may be sent back as it is. */
const setByTheService = {
  status: SubscriptionStatus,
  disabled_reason: z.string().optional(),
  disabled_at: z.iso.datetime().optional(),
  created_at: z.iso.datetime(),
};

/** A subscription as an owner sends it in a `PUT`. */
export const NewSubscription = z
  .strictObject(
    {
      id: absentWhenEmpty(Decimal),
      type: SubscriptionType,
      url: Destination,
      slack_username: absentWhenEmpty(Text),
      slack_icon: absentWhenEmpty(SlackIcon),
      event_types: z.preprocess(
        (value) => value ?? undefined,
        EventTypes.refine((types) => types.length > 0, "must name at least one type, or be left out for all")
          .meta({ minItems: 1 })
          .optional(),
      ),
      allowed_groups: distinctArray(GroupName, {
        max: MAX_SUBSCRIPTION_GROUPS,
        error: "must be an array of group names",
        tooMany: `holds at most ${MAX_SUBSCRIPTION_GROUPS} distinct groups`,
      }).optional(),
      enabled: z.preprocess((value) => value ?? undefined, z.boolean("must be true or false").default(true)),
      status: z.unknown().optional(),
      disabled_reason: z.unknown().optional(),
      disabled_at: z.unknown().optional(),
      created_at: z.unknown().optional(),
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
  });
export type NewSubscription = z.output<typeof NewSubscription>;

export const SubscriptionSet = boundedArray(NewSubscription, {
  max: MAX_SUBSCRIPTIONS,
  error: "must be an array of subscriptions",
  tooMany: `holds at most ${MAX_SUBSCRIPTIONS} subscriptions`,
}).superRefine((entries, ctx) => {
  const seen = new Set<string>();
  for (const [index, { id }] of entries.entries()) {
    if (id === undefined) continue;
    if (seen.has(id)) ctx.addIssue({ code: "custom", path: [index, "id"], message: "is named twice" });
    seen.add(id);
  }
});

/** A subscription as it is served. `url` is cut down to its origin for readers who are not owners. */
export const Subscription = z.object({
  id: Decimal,
  type: SubscriptionType,
  url: z.string(),
  ...slackFields,
  event_types: z.array(EventType).optional(),
  allowed_groups: z.array(GroupName),
  enabled: z.boolean(),
  ...setByTheService,
});
export type Subscription = z.infer<typeof Subscription>;

/** The path of what is stored under a project's name, which must then be one that an event could have. */
export const ProjectPath = z.object({ project: ScopeName });

export const SigningSecret = z.object({ signing_secret: z.string() });
