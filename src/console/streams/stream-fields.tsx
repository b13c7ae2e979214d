import type { Fault } from "../../errors.ts";
import type { StreamKind } from "../../schemas/stream-destinations.ts";
import { MAX_STREAM_GROUPS } from "../../schemas/stream.ts";
import { EventTypePicker } from "../shared/event-type-picker.tsx";
import { labelFor } from "../shared/field-labels.ts";
import { ariaAttributes, FieldFault } from "../shared/form-faults.tsx";
import { GroupsField } from "../shared/groups-field.tsx";
import { InvisibleCharacters, invisibleCharactersId } from "../shared/untrusted-text.tsx";
import type { StreamDraft } from "./stream-draft.ts";
import { DESTINATION_FIELDS, FILTER_FIELDS, FORMATS, KINDS } from "./stream-labels.ts";

interface Fields {
  draft: StreamDraft;
  faults: Fault[];
}

interface TextFieldProps extends Fields {
  name: string;
  hint: string;
}

export function TextField({ name, hint, draft, faults }: TextFieldProps) {
  const text = draft.texts[name] ?? "";
  return (
    <div class="field">
      <label for={name}>{labelFor(name)}</label>
      <p id={`${name}-hint`} class="muted">
        {hint}
      </p>
      <input
        id={name}
        name={name}
        value={text}
        autocapitalize="none"
        spellcheck={false}
        {...ariaAttributes(name, faults, `${name}-hint`, invisibleCharactersId(name, text))}
      />
      <InvisibleCharacters field={name} text={text} />
      <FieldFault field={name} faults={faults} />
    </div>
  );
}

/** The field is always empty, because a page never shows a secret, not even the one that was just sent. */
function SecretField({ name, hint, isStored, faults }: Omit<TextFieldProps, "draft"> & { isStored: boolean }) {
  return (
    <div class="field">
      <label for={name}>{labelFor(name)}</label>
      <p id={`${name}-hint`} class="muted">
        {hint}{" "}
        {isStored
          ? "It is stored and never shown. Leave the field empty to keep it."
          : "It is stored and never shown again."}
      </p>
      <input
        id={name}
        name={name}
        type="password"
        autocomplete="new-password"
        {...ariaAttributes(name, faults, `${name}-hint`)}
      />
      <FieldFault field={name} faults={faults} />
    </div>
  );
}

export function DestinationFields({ kind, isStored, ...fields }: Fields & { kind: StreamKind; isStored: boolean }) {
  return (
    <fieldset class="field">
      <legend>Destination: {KINDS[kind].name}</legend>
      <div class="pair">
        {DESTINATION_FIELDS[kind].map(({ isSecret, ...field }) =>
          isSecret ? (
            <SecretField {...field} isStored={isStored} faults={fields.faults} />
          ) : (
            <TextField {...field} {...fields} />
          ),
        )}
      </div>
    </fieldset>
  );
}

export function FormatChoice({ draft, faults }: Fields) {
  return (
    <fieldset id="format" class="field" tabindex={-1} {...ariaAttributes("format", faults)}>
      <legend>Format</legend>
      {Object.entries(FORMATS).map(([format, meaning]) => (
        <label>
          <input type="radio" name="format" value={format} checked={draft.format === format} />
          <span>
            {format} <span class="muted">{meaning}</span>
          </span>
        </label>
      ))}
      <FieldFault field="format" faults={faults} />
    </fieldset>
  );
}

/** The filters are open if the stream has some, or if one of them has a fault. */
export function FilterFields({ draft, faults }: Fields) {
  const names = FILTER_FIELDS.map(({ name }) => name);
  const count =
    names.filter((name) => (draft.texts[name] ?? "") !== "").length + (draft.event_types.length > 0 ? 1 : 0);
  const hasFault = faults.some(({ path }) => ["listing", "event_types", ...names].includes(path));
  return (
    <fieldset id="listing" class="field" tabindex={-1} {...ariaAttributes("listing", faults, "listing-hint")}>
      <legend>Filters</legend>
      <p id="listing-hint" class="muted">
        The stream sends only events that match every filter. Without filters, it sends all that its groups may see.
      </p>
      <FieldFault field="listing" faults={faults} />
      <details open={count > 0 || hasFault}>
        <summary>
          Filters <b>{count === 0 ? "(none)" : `(${count})`}</b>
        </summary>
        <div class="pair">
          {FILTER_FIELDS.map((field) => (
            <TextField {...field} draft={draft} faults={faults} />
          ))}
        </div>
        <fieldset id="event_types" class="field" tabindex={-1} {...ariaAttributes("event_types", faults)}>
          <legend>Event types</legend>
          <FieldFault field="event_types" faults={faults} />
          <EventTypePicker field="event_types" chosen={draft.event_types} />
        </fieldset>
      </details>
    </fieldset>
  );
}

interface CarriedGroupsProps extends Fields {
  groups: readonly string[];
  leftOut: number;
  mayCarryEverything: boolean;
}

export function CarriedGroups({ groups, leftOut, mayCarryEverything, draft, faults }: CarriedGroupsProps) {
  const choices = [
    ["everything", "Every event, as an auditor sees them"],
    ["groups", "Unrestricted events, and those that at least one of these groups may see"],
  ] as const;
  const hint = mayCarryEverything
    ? "Choose which events the stream may carry. The destination receives all of them."
    : "The stream carries unrestricted events, and those that at least one of these groups may see. Only an " +
      "operator who is also an auditor may create a stream of every event.";
  const picker = { groups, leftOut, chosen: draft.allowed_groups, owner: "A stream", max: MAX_STREAM_GROUPS };
  return (
    <GroupsField hint={hint} {...picker} faults={faults}>
      {mayCarryEverything ? (
        choices.map(([value, meaning]) => (
          <label>
            <input type="radio" name="carries" value={value} checked={draft.carries === value} />
            {meaning}
          </label>
        ))
      ) : (
        <input type="hidden" name="carries" value="groups" />
      )}
    </GroupsField>
  );
}
