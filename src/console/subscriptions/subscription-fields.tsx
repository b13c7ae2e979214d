import type { Fault } from "../../errors.ts";
import { CHANNEL_NAMES } from "../shared/labels.ts";
import { EventTypePicker } from "../shared/event-type-picker.tsx";
import { InvisibleCharacters, invisibleCharactersId } from "../shared/untrusted-text.tsx";
import { ariaAttributes, FieldFault } from "../shared/form-faults.tsx";
import type { Draft } from "./subscription-draft.ts";

interface Fields {
  draft: Draft;
  faults: Fault[];
}

export function ChannelChoice({ draft, faults }: Fields) {
  const channels = [
    ["webhook", "each event as JSON, signed"],
    ["slack", "a message in a channel, through a Slack incoming webhook"],
  ] as const;
  return (
    <fieldset id="type" class="field" tabindex={-1} {...ariaAttributes("type", faults)}>
      <legend>Type</legend>
      {channels.map(([type, content]) => (
        <label>
          <input type="radio" name="type" value={type} checked={draft.type === type} />
          <span>
            {CHANNEL_NAMES[type]} <span class="muted">{content}</span>
          </span>
        </label>
      ))}
      <FieldFault field="type" faults={faults} />
    </fieldset>
  );
}

export function UrlField({ draft, faults }: Fields) {
  return (
    <div class="field">
      <label for="url">URL</label>
      <p id="url-hint" class="muted">
        Messages are sent to this URL. Anyone who knows it can send messages there too, so only owners see all of it.
      </p>
      <input
        id="url"
        name="url"
        value={draft.url}
        inputmode="url"
        autocapitalize="none"
        spellcheck={false}
        {...ariaAttributes("url", faults, "url-hint", invisibleCharactersId("url", draft.url))}
      />
      <InvisibleCharacters field="url" text={draft.url} />
      <FieldFault field="url" faults={faults} />
    </div>
  );
}

/**
 * The form for a new subscription shows these fields also for a webhook, because a page without scripts cannot hide
 * them.
 */
export function SlackFields({ draft, faults }: Fields) {
  const fields = [
    ["slack_username", "Name in Slack", "If empty, the name that the incoming webhook has in Slack."],
    ["slack_icon", "Icon in Slack", "An :emoji: or the URL of an image."],
  ] as const;
  return (
    <fieldset class="field">
      <legend>Only for Slack</legend>
      <div class="pair">
        {fields.map(([field, label, hint]) => (
          <div class="field">
            <label for={field}>{label}</label>
            <p id={`${field}-hint`} class="muted">
              {hint}
            </p>
            <input
              id={field}
              name={field}
              value={draft[field]}
              autocapitalize="none"
              spellcheck={false}
              {...ariaAttributes(field, faults, `${field}-hint`, invisibleCharactersId(field, draft[field]))}
            />
            <InvisibleCharacters field={field} text={draft[field]} />
            <FieldFault field={field} faults={faults} />
          </div>
        ))}
      </div>
    </fieldset>
  );
}

export function EventTypesField({ draft: { event_types: chosen }, faults }: Fields) {
  return (
    <fieldset
      id="event_types"
      class="field"
      tabindex={-1}
      {...ariaAttributes("event_types", faults, "event_types-hint")}
    >
      <legend>Event types</legend>
      <p id="event_types-hint" class="muted">
        The subscription receives events of the selected types. If none is selected, it receives all types.
      </p>
      <FieldFault field="event_types" faults={faults} />
      <details open={chosen.length > 0 || faults.some(({ path }) => path === "event_types")}>
        <summary>
          Select <b>{chosen.length === 0 ? "(all)" : `(${chosen.length} selected)`}</b>
        </summary>
        <EventTypePicker field="event_types" chosen={chosen} />
      </details>
    </fieldset>
  );
}
