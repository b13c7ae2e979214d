import type { Child } from "hono/jsx";
import type { Fault } from "../../errors.ts";
import { MAX_TEXT } from "../../schemas/text.ts";
import { ariaAttributes, FieldFault } from "./form-faults.tsx";
import { encodeFieldText } from "./forms.ts";
import { UserText } from "./untrusted-text.tsx";

interface GroupPickerProps {
  /** The groups to choose from. */
  groups: readonly string[];
  chosen: readonly string[];
  /** The number of the visitor's groups that are not in `groups`, because their names are too long. */
  leftOut: number;
  /** What the groups are for, as in "A subscription". */
  owner: string;
  /** The most groups that it can have. */
  max: number;
}

interface GroupsFieldProps extends GroupPickerProps {
  hint: string;
  faults: Fault[];
  /** What is above the checkboxes. */
  children?: Child;
}

/** The groups whose events a subscription or a stream carries. */
export function GroupsField({ hint, faults, children, ...picker }: GroupsFieldProps) {
  return (
    <fieldset
      id="allowed_groups"
      class="field"
      tabindex={-1}
      {...ariaAttributes("allowed_groups", faults, "groups-hint")}
    >
      <legend>Groups</legend>
      <p id="groups-hint" class="muted">
        {hint}
      </p>
      <FieldFault field="allowed_groups" faults={faults} />
      {children}
      <GroupPicker {...picker} />
    </fieldset>
  );
}

/** One checkbox per group, and why some groups cannot be chosen. The field's name is `allowed_groups`. */
function GroupPicker({ groups, chosen, leftOut, owner, max }: GroupPickerProps) {
  return (
    <>
      <div class="ticks">
        {groups.map((group) => (
          <label>
            <input
              type="checkbox"
              name="allowed_groups"
              value={encodeFieldText(group)}
              checked={chosen.includes(group)}
            />
            <UserText text={group} />
          </label>
        ))}
      </div>
      {groups.length === 0 && leftOut === 0 && <p>You are in no group.</p>}
      {groups.length > max && (
        <p>
          {owner} can have at most {max} groups. Select the ones that it needs.
        </p>
      )}
      {leftOut > 0 && (
        <p>
          {leftOut === 1 ? "One of your groups is" : `${leftOut} of your groups are`} not listed: the name of a group
          can have at most {MAX_TEXT} characters.
        </p>
      )}
    </>
  );
}
