import { MAX_SUBSCRIPTION_GROUPS, type Subscription } from "../../schemas/subscription.ts";
import { MAX_TEXT } from "../../schemas/text.ts";
import type { Description } from "./description.ts";

const SUBSCRIPTION_FIELDS = {
  type: "How it is notified.",
  slack_username: "The name that Slack shows. For `slack` only.",
  slack_icon: "`:emoji:` or the URL of an image, for Slack to show. For `slack` only.",
};

const IGNORED = "Set by the service; ignored here, so that what `GET` answers may be sent back as it is.";

const ofSubscription = {
  description: "Who is notified of a project's events, and how that goes.",
  fields: {
    ...SUBSCRIPTION_FIELDS,
    id: "Decimal, assigned by the service.",
    url: "Where notifications go. Readers who are not owners see its origin alone: a webhook's URL is a secret.",
    event_types: "The types that it takes. Left out: all.",
    allowed_groups: "The groups on whose behalf it is told: a restricted event reaches it where the two lists meet.",
    enabled: "While false, notifications are held back and not lost.",
    status: "How it goes.",
    disabled_reason: "Why it is disabled.",
    disabled_at: "Since when it is disabled.",
    created_at: "When it was created.",
  } satisfies Record<keyof Subscription, string>,
};

const ofNewSubscription = {
  description: "A subscription as an owner wants it. `null` counts as a field left out, except for `allowed_groups`.",
  fields: {
    ...SUBSCRIPTION_FIELDS,
    id:
      "Of a subscription to keep, with its secret and history. Left out: the entry takes over, in order, a stored " +
      "subscription of the same `type` and `url` that no entry names; without one it is new.",
    url:
      "`https`, on a public host, without credentials and not an IP address; for `slack` on `hooks.slack.com` or " +
      "`hooks.slack-gov.com`. To change it you must be in every group that the subscription keeps: else 403.",
    event_types:
      "The types that it takes; repeats are dropped. Left out: all. What waits for the subscription and is of another " +
      "type is not sent to it: the delivery fails, and says why.",
    allowed_groups:
      `The groups on whose behalf it is told, of your own or already there: at most ${MAX_SUBSCRIPTION_GROUPS} distinct ` +
      "ones; repeats are dropped. Left out: for a new one your groups, but for those whose names have more than " +
      `${MAX_TEXT} UTF-16 units, which cannot be stored; the answer shows which there are. All groups of a project's ` +
      "subscriptions take up at most 3 MiB as JSON. They too are asked again before each attempt.",
    enabled: "`false` holds notifications back; `true` releases them and revives a subscription that failed.",
    status: IGNORED,
    disabled_reason: IGNORED,
    disabled_at: IGNORED,
    created_at: IGNORED,
  } satisfies Record<keyof Subscription, string>,
};

export const SUBSCRIPTION_DESCRIPTIONS: Record<string, Description> = {
  Subscription: ofSubscription,
  Subscriptions: { description: "All subscriptions of a project, in the order of their creation." },
  SubscriptionType: { description: "How a subscription is notified." },
  SubscriptionStatus: {
    description:
      "`active`; `failing`: the last attempts failed; `disabled`: by an owner, its receiver or long failure.",
  },
  NewSubscription: ofNewSubscription,
  SubscriptionSet: { description: "All subscriptions that the project shall have; an empty array clears them." },
  SigningSecret: {
    description: "What a webhook's signatures are checked with.",
    fields: { signing_secret: "Standard Webhooks 1.0: `whsec_` and the key in base64." },
  },
};
