import type { Fault } from "../../errors.ts";
import type { Draft } from "./subscription-draft.ts";
import { CHANNEL_NAMES } from "../shared/channel-names.ts";
import { UnseenInField, unseenInField } from "../shared/untrusted-text.tsx";
import { described, FieldFault } from "./fault-summary.tsx";

interface ChannelFields {
  draft: Draft;
  faults: Fault[];
}

export function ChannelChoice({ draft, faults }: ChannelFields) {
  const channels = [
    ["webhook", "each event as JSON, signed"],
    ["slack", "a message that people read, by one of Slack’s incoming webhooks"],
  ] as const;
  return (
    <fieldset id="type" class="field" tabindex={-1} {...described("type", faults)}>
      <legend>Type</legend>
      {channels.map(([type, what]) => (
        <label>
          <input type="radio" name="type" value={type} checked={draft.type === type} />
          <span>
            {CHANNEL_NAMES[type]} <span class="aside">{what}</span>
          </span>
        </label>
      ))}
      <FieldFault field="type" faults={faults} />
    </fieldset>
  );
}

/** Without scripts they are there for webhooks too, and say that they are not meant. */
export function SlackFields({ draft, faults }: ChannelFields) {
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
              autocapitalize="none"
              spellcheck={false}
              {...described(field, faults, `${field}-hint`, unseenInField(field, draft[field]))}
            />
            <UnseenInField field={field} text={draft[field]} />
            <FieldFault field={field} faults={faults} />
          </div>
        ))}
      </div>
    </fieldset>
  );
}
