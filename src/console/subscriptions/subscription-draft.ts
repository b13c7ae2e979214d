import type { Reader } from "../../domain/access/roles.ts";
import { storableGroups } from "../../domain/subscriptions/subscription-groups.ts";
import { invalidRequest } from "../../errors.ts";
import { toFaults } from "../../schemas/faults.ts";
import { MAX_SUBSCRIPTION_GROUPS, NewSubscription, type Subscription } from "../../schemas/subscription.ts";
import { asSentBack, decodeFieldText, fieldText, fieldTexts } from "../shared/forms.ts";

/** The content of a subscription's form, valid or not. */
export interface Draft {
  type: string;
  url: string;
  slack_username: string;
  slack_icon: string;
  event_types: string[];
  allowed_groups: string[];
  enabled: boolean;
}

/** The API's defaults, shown in the form. An owner with more groups than a subscription can have must choose some. */
export function newDraft(reader: Reader): Draft {
  const groups = storableGroups(reader);
  return {
    type: "webhook",
    url: "",
    slack_username: "",
    slack_icon: "",
    event_types: [],
    allowed_groups: groups.length <= MAX_SUBSCRIPTION_GROUPS ? groups : [],
    enabled: true,
  };
}

export function toDraft(subscription: Subscription): Draft {
  return {
    type: subscription.type,
    url: subscription.url,
    slack_username: subscription.slack_username ?? "",
    slack_icon: subscription.slack_icon ?? "",
    event_types: subscription.event_types ?? [],
    allowed_groups: subscription.allowed_groups,
    enabled: subscription.enabled,
  };
}

export function readDraft(form: Record<string, unknown>): Draft {
  return {
    type: fieldText(form["type"]),
    url: fieldText(form["url"]).trim(),
    slack_username: fieldText(form["slack_username"]).trim(),
    slack_icon: fieldText(form["slack_icon"]).trim(),
    event_types: fieldTexts(form["event_types"]),
    allowed_groups: fieldTexts(form["allowed_groups"]).map(decodeFieldText),
    enabled: form["enabled"] !== undefined,
  };
}

/**
 * Restores the stored text of each field that the owner did not edit. The text that was sent may differ from it,
 * because browsers drop line breaks and `readDraft` trims texts.
 */
export function restoreUneditedTexts(draft: Draft, stored: Draft): Draft {
  const restored = { ...draft };
  for (const field of ["url", "slack_username", "slack_icon"] as const) {
    if (draft[field] === asSentBack(stored[field])) restored[field] = stored[field];
  }
  return restored;
}

/** @throws AppError `invalid-request` with the faults. */
export function parseDraft(draft: Draft): NewSubscription {
  const { event_types } = draft;
  const entry = { ...draft, event_types: event_types.length === 0 ? undefined : event_types };
  const result = NewSubscription.safeParse(entry, { reportInput: true });
  if (!result.success) throw invalidRequest(toFaults(result.error.issues));
  return result.data;
}
