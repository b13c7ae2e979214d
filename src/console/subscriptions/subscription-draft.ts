import { invalidRequest } from "../../errors.ts";
import type { Reader } from "../../domain/access/reader.ts";
import { storableGroups } from "../../domain/subscriptions/subscription-groups.ts";
import { faultsOf } from "../../schemas/faults.ts";
import { MAX_SUBSCRIPTION_GROUPS, NewSubscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { labelOf } from "./form-faults.ts";
import { textOfEncoded } from "../shared/form-values.ts";
import { textOf, textsOf } from "../shared/forms.ts";

/** What a subscription's form holds: as it was typed, good or not. */
export interface Draft {
  type: string;
  url: string;
  slack_username: string;
  slack_icon: string;
  event_types: string[];
  allowed_groups: string[];
  enabled: boolean;
}

/** The contract's defaults, to be seen and changed. Where the groups are too many, none is chosen: they are to be named. */
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

export function draftOfRow(row: SubscriptionRow): Draft {
  return {
    type: row.type,
    url: row.url,
    slack_username: row.slack_username ?? "",
    slack_icon: row.slack_icon ?? "",
    event_types: row.event_types ?? [],
    allowed_groups: row.allowed_groups,
    enabled: row.enabled,
  };
}

export function draftOfForm(form: Record<string, unknown>): Draft {
  return {
    type: textOf(form["type"]),
    url: textOf(form["url"]).trim(),
    slack_username: textOf(form["slack_username"]).trim(),
    slack_icon: textOf(form["slack_icon"]).trim(),
    event_types: textsOf(form["event_types"]),
    allowed_groups: textsOf(form["allowed_groups"]).map(textOfEncoded),
    enabled: form["enabled"] !== undefined,
  };
}

/** A text that came back as its field had shown it is what is stored: fields drop line breaks, and `draftOfForm` trims. */
export function withoutFieldsChanges(draft: Draft, stored: Draft): Draft {
  const kept = { ...draft };
  for (const field of ["url", "slack_username", "slack_icon"] as const) {
    if (draft[field] === asFieldShows(stored[field])) kept[field] = stored[field];
  }
  return kept;
}

function asFieldShows(text: string): string {
  return text
    .replaceAll("\0", "\uFFFD")
    .replace(/[\r\n]/g, "")
    .trim();
}

/** @throws AppError `invalid-request` with the faults. */
export function entryOfDraft(draft: Draft): NewSubscription {
  const { event_types } = draft;
  const entry = { ...draft, event_types: event_types.length === 0 ? undefined : event_types };
  const result = NewSubscription.safeParse(entry, { reportInput: true });
  if (!result.success) {
    throw invalidRequest(faultsOf(result.error.issues));
  }
  return result.data;
}

/** The labels of the fields in which two differ, whatever the order of what was chosen. */
export function differences(one: Draft, other: Draft): string[] {
  const others = new Map<string, unknown>(Object.entries(other));
  return Object.entries(one)
    .filter(([field, value]) => !holdsTheSame([value].flat(), [others.get(field)].flat()))
    .map(([field]) => labelOf(field) ?? field);
}

function holdsTheSame(some: unknown[], others: unknown[]): boolean {
  return new Set(some).symmetricDifference(new Set(others)).size === 0;
}
