import type { Fault } from "../../errors.ts";
import { MAX_SUBSCRIPTION_GROUPS } from "../../schemas/subscription.ts";
import { MAX_TEXT } from "../../schemas/text.ts";
import { encodedText } from "../shared/form-values.ts";
import { EventTypeOptions } from "../shared/event-type-picker.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { described, FieldFault } from "./fault-summary.tsx";

interface Chosen {
  chosen: string[];
  faults: Fault[];
}

export function EventTypesField({ chosen, faults }: Chosen) {
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
        <EventTypeOptions field="event_types" chosen={chosen} />
      </details>
    </fieldset>
  );
}

interface GroupsProps extends Chosen {
  groups: readonly string[];
  leftOut: number;
}

export function GroupsField({ groups, leftOut, chosen, faults }: GroupsProps) {
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
            <input type="checkbox" name="allowed_groups" value={encodedText(group)} checked={chosen.includes(group)} />
            <UserText text={group} />
          </label>
        ))}
      </div>
      {groups.length === 0 && leftOut === 0 && <p>You are in no group.</p>}
      {groups.length > MAX_SUBSCRIPTION_GROUPS && (
        <p>A subscription has at most {MAX_SUBSCRIPTION_GROUPS} groups: choose those that it is for.</p>
      )}
      {leftOut > 0 && (
        <p>
          {leftOut === 1 ? "One of your groups is" : `${leftOut} of your groups are`} not listed: a group's name has at
          most {MAX_TEXT} characters.
        </p>
      )}
    </fieldset>
  );
}
