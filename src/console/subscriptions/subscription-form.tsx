import type { Fault } from "../../errors.ts";
import type { Draft } from "./subscription-draft.ts";
import { ChannelChoice, SlackFields } from "./channel-fields.tsx";
import { UnseenInField, unseenInField } from "../shared/untrusted-text.tsx";
import { described, FieldFault } from "./fault-summary.tsx";
import { EventTypesField, GroupsField } from "./recipient-fields.tsx";

interface SubscriptionFields {
  action: string;
  draft: Draft;
  /** Those that may be chosen: one's own, and those that are there already. */
  groups: readonly string[];
  /** How many of one's own cannot be chosen, since their names are too long. */
  leftOut: number;
  faults: Fault[];
  /** Stands for what is changed; undefined for what is new. */
  tag?: string | undefined;
}

/** One form for a new subscription and for one that is there. */
export function SubscriptionForm({ action, draft, groups, leftOut, faults, tag }: SubscriptionFields) {
  return (
    <form class="edit" method="post" action={`${action}#faults`} autocomplete="off">
      {tag === undefined ? <ChannelChoice draft={draft} faults={faults} /> : <Fixed type={draft.type} tag={tag} />}
      <div class="field">
        <label for="url">URL</label>
        <p id="url-hint" class="aside">
          Where to send to. Whoever has it may write there: it is shown to owners alone.
        </p>
        <input
          id="url"
          name="url"
          value={draft.url}
          inputmode="url"
          autocapitalize="none"
          spellcheck={false}
          {...described("url", faults, "url-hint", unseenInField("url", draft.url))}
        />
        <UnseenInField field="url" text={draft.url} />
        <FieldFault field="url" faults={faults} />
      </div>
      {(tag === undefined || draft.type === "slack") && <SlackFields draft={draft} faults={faults} />}
      <EventTypesField chosen={draft.event_types} faults={faults} />
      <GroupsField groups={groups} leftOut={leftOut} chosen={draft.allowed_groups} faults={faults} />
      <div class="field">
        <label class="tick">
          <input id="enabled" type="checkbox" name="enabled" checked={draft.enabled} aria-describedby="enabled-hint" />
          Enabled
        </label>
        <p id="enabled-hint" class="aside">
          While it is not, nothing is attempted and nothing is lost: it is told later.
        </p>
      </div>
      <button>{tag === undefined ? "Add" : "Save"}</button>
    </form>
  );
}

function Fixed({ type, tag }: { type: string; tag: string }) {
  return (
    <>
      <input type="hidden" name="type" value={type} />
      <input type="hidden" name="tag" value={tag} />
    </>
  );
}
