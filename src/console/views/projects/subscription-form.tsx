import type { Fault } from "../../../errors.ts";
import { valueOfGroup, type Draft } from "../../subscription-draft.ts";
import { TypeFamilies } from "../event-types.tsx";
import { Plain } from "../plain.tsx";
import { described, FieldFault } from "./fault-summary.tsx";

interface SubscriptionFields {
  action: string;
  draft: Draft;
  /** Those that may be chosen: one's own, and those that are there already. */
  groups: readonly string[];
  faults: Fault[];
  /** Stands for what is changed; undefined for what is new. */
  mark?: string | undefined;
}

/** One form for a new subscription and for one that is there. */
export function SubscriptionForm({ action, draft, groups, faults, mark }: SubscriptionFields) {
  return (
    <form class="edit" method="post" action={`${action}#faults`} autocomplete="off">
      {mark === undefined ? <ChannelChoice draft={draft} faults={faults} /> : <Fixed type={draft.type} mark={mark} />}
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
          {...plain}
          {...described("url", faults, "url-hint")}
        />
        <FieldFault field="url" faults={faults} />
      </div>
      {(mark === undefined || draft.type === "slack") && <SlackFields draft={draft} faults={faults} />}
      <EventTypes chosen={draft.event_types} faults={faults} />
      <Groups groups={groups} chosen={draft.allowed_groups} faults={faults} />
      <div class="field">
        <label class="tick">
          <input id="enabled" type="checkbox" name="enabled" checked={draft.enabled} aria-describedby="enabled-hint" />
          Enabled
        </label>
        <p id="enabled-hint" class="aside">
          While it is not, nothing is attempted and nothing is lost: it is told later.
        </p>
      </div>
      <button>{mark === undefined ? "Add" : "Save"}</button>
    </form>
  );
}

const plain = { autocapitalize: "none", spellcheck: false } as const;

function ChannelChoice({ draft, faults }: Pick<SubscriptionFields, "draft" | "faults">) {
  const channels = [
    ["webhook", "Webhook", "each event as JSON, signed"],
    ["slack", "Slack", "a message that people read, by one of Slack’s incoming webhooks"],
  ] as const;
  return (
    <fieldset id="type" class="field" tabindex={-1} {...described("type", faults)}>
      <legend>Type</legend>
      {channels.map(([type, name, what]) => (
        <label>
          <input type="radio" name="type" value={type} checked={draft.type === type} />
          <span>
            {name} <span class="aside">{what}</span>
          </span>
        </label>
      ))}
      <FieldFault field="type" faults={faults} />
    </fieldset>
  );
}

function Fixed({ type, mark }: { type: string; mark: string }) {
  return (
    <>
      <input type="hidden" name="type" value={type} />
      <input type="hidden" name="mark" value={mark} />
    </>
  );
}

function SlackFields({ draft, faults }: Pick<SubscriptionFields, "draft" | "faults">) {
  const fields = [
    ["slack_username", "Name in Slack", "Left empty, Slack’s own."],
    ["slack_icon", "Icon in Slack", "An :emoji: or the URL of an image."],
  ] as const;
  return (
    <fieldset class="field">
      <legend>Only for Slack</legend>
      <div class="pair">
        {fields.map(([field, label, hint]) => (
          <div class="field">
            <label for={field}>{label}</label>
            <p id={`${field}-hint`} class="aside">
              {hint}
            </p>
            <input
              id={field}
              name={field}
              value={draft[field]}
              {...plain}
              {...described(field, faults, `${field}-hint`)}
            />
            <FieldFault field={field} faults={faults} />
          </div>
        ))}
      </div>
    </fieldset>
  );
}

function EventTypes({ chosen, faults }: { chosen: string[]; faults: Fault[] }) {
  return (
    <fieldset id="event_types" class="field" tabindex={-1} {...described("event_types", faults, "event_types-hint")}>
      <legend>Event types</legend>
      <p id="event_types-hint" class="aside">
        It is told of those that are chosen; of every type, where none is.
      </p>
      <FieldFault field="event_types" faults={faults} />
      <details open={chosen.length > 0 || faults.some(({ path }) => path === "event_types")}>
        <summary>
          Choose <b>{chosen.length === 0 ? "(all for now)" : `(${chosen.length} chosen)`}</b>
        </summary>
        <TypeFamilies field="event_types" chosen={chosen} />
      </details>
    </fieldset>
  );
}

function Groups({ groups, chosen, faults }: Pick<SubscriptionFields, "groups" | "faults"> & { chosen: string[] }) {
  return (
    <fieldset id="allowed_groups" class="field" tabindex={-1} {...described("allowed_groups", faults, "groups-hint")}>
      <legend>Groups</legend>
      <p id="groups-hint" class="aside">
        On whose behalf it is told. It gets every unrestricted event, and a restricted one where one of these groups may
        see it; with none, unrestricted events only.
      </p>
      <FieldFault field="allowed_groups" faults={faults} />
      <div class="ticks">
        {groups.map((group) => (
          <label>
            <input type="checkbox" name="allowed_groups" value={valueOfGroup(group)} checked={chosen.includes(group)} />
            <Plain text={group} />
          </label>
        ))}
      </div>
      {groups.length === 0 && <p>You are in no group.</p>}
    </fieldset>
  );
}
