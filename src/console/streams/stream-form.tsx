import type { Fault } from "../../errors.ts";
import type { StreamDraft } from "./stream-draft.ts";
import { CarriedGroups, DestinationFields, FilterFields, FormatChoice, TextField } from "./stream-fields.tsx";

export interface StreamFormProps {
  draft: StreamDraft;
  /** The groups to choose from: those that the stream has, and the operator's own. */
  groups: readonly string[];
  /** The number of the operator's groups that cannot be chosen, because their names are too long. */
  leftOut: number;
  mayCarryEverything: boolean;
  faults: Fault[];
  /** The version of the stream that the form changes. Undefined for a new stream. */
  version?: string | undefined;
}

export function StreamForm({ action, version, ...form }: StreamFormProps & { action: string }) {
  const { draft, faults } = form;
  const isNew = version === undefined;
  return (
    <form class="edit" method="post" action={`${action}#faults`} autocomplete="off">
      {isNew ? (
        <input type="hidden" name="kind" value={draft.kind} />
      ) : (
        <input type="hidden" name="version" value={version} />
      )}
      <TextField name="name" hint="The name of the stream in this console." draft={draft} faults={faults} />
      <DestinationFields kind={draft.kind} isStored={!isNew} draft={draft} faults={faults} />
      <FormatChoice draft={draft} faults={faults} />
      <CarriedGroups {...form} />
      <FilterFields draft={draft} faults={faults} />
      {isNew && (
        <TextField
          name="after"
          hint="The stream begins after this event. 0 begins with the oldest event. If empty, only events that are recorded from now on are sent."
          draft={draft}
          faults={faults}
        />
      )}
      <div class="field">
        <label class="tick">
          <input id="enabled" type="checkbox" name="enabled" checked={draft.enabled} aria-describedby="enabled-hint" />
          Enabled
        </label>
        <p id="enabled-hint" class="muted">
          While a stream is paused, it sends nothing. Later, it goes on where it stopped, so no event is lost.
        </p>
      </div>
      <button>{isNew ? "Add" : "Save"}</button>
    </form>
  );
}
