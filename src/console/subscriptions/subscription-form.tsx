import type { Fault } from "../../errors.ts";
import { MAX_SUBSCRIPTION_GROUPS } from "../../schemas/subscription.ts";
import { GroupsField } from "../shared/groups-field.tsx";
import type { Draft } from "./subscription-draft.ts";
import { ChannelChoice, EventTypesField, SlackFields, UrlField } from "./subscription-fields.tsx";

interface SubscriptionFormProps {
  action: string;
  draft: Draft;
  /** The groups to choose from: those that the subscription has, and the owner's own. */
  groups: readonly string[];
  /** The number of the owner's groups that cannot be chosen, because their names are too long. */
  leftOut: number;
  faults: Fault[];
  /** The tag of the subscription that the form changes. Undefined for a new subscription. */
  tag?: string | undefined;
}

const CARRIED =
  "The subscription receives all unrestricted events, and the restricted events that at least one of these groups may " +
  "see. Without a group it receives only unrestricted events.";

export function SubscriptionForm({ action, draft, groups, leftOut, faults, tag }: SubscriptionFormProps) {
  return (
    <form class="edit" method="post" action={`${action}#faults`} autocomplete="off">
      {tag === undefined ? (
        <ChannelChoice draft={draft} faults={faults} />
      ) : (
        <>
          <input type="hidden" name="type" value={draft.type} />
          <input type="hidden" name="tag" value={tag} />
        </>
      )}
      <UrlField draft={draft} faults={faults} />
      {(tag === undefined || draft.type === "slack") && <SlackFields draft={draft} faults={faults} />}
      <EventTypesField draft={draft} faults={faults} />
      <GroupsField
        hint={CARRIED}
        groups={groups}
        leftOut={leftOut}
        chosen={draft.allowed_groups}
        owner="A subscription"
        max={MAX_SUBSCRIPTION_GROUPS}
        faults={faults}
      />
      <div class="field">
        <label class="tick">
          <input id="enabled" type="checkbox" name="enabled" checked={draft.enabled} aria-describedby="enabled-hint" />
          Enabled
        </label>
        <p id="enabled-hint" class="muted">
          While disabled, deliveries are held, not lost. They are sent when you enable the subscription again.
        </p>
      </div>
      <button>{tag === undefined ? "Add" : "Save"}</button>
    </form>
  );
}
