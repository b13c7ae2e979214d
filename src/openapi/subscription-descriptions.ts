import type { Subscription } from "../schemas/subscription.ts";
import type { Description } from "./description.ts";

const SUBSCRIPTION_FIELDS = {
  type: "How it is notified.",
  slack_username: "The name that Slack shows. For `slack` only.",
  slack_icon: "`:emoji:` or the URL of an image, for Slack to show. For `slack` only.",
  event_types: "Tell of these types only. Left out: of all.",
};

const IGNORED = "Set by the service; ignored here, so that what `GET` answers may be sent back as it is.";

const ofSubscription = {
  description: "Who is notified of a project's events, and how that goes.",
  fields: {
    ...SUBSCRIPTION_FIELDS,
    id: "Decimal, assigned by the service.",
    url: "Where notifications go. Readers who are not owners see its origin alone: a webhook's URL is a secret.",
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
    id: "Of a subscription to keep, with its secret and history. Left out: a new one. One without its `id` is deleted.",
    url:
      "`https`, on a public host, without credentials and not an IP address; for `slack` on `hooks.slack.com` or " +
      "`hooks.slack-gov.com`.",
    allowed_groups:
      "The groups on whose behalf it is told, of your own or already there. Left out: for a new one, your groups.",
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
