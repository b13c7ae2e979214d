import { EVENT_TYPES } from "../../schemas/event.ts";
import { EVENT_CATEGORIES, typeName } from "./labels.ts";

/** One checkbox per event type, grouped by category. */
export function EventTypePicker({ field, chosen }: { field: string; chosen: readonly string[] }) {
  return (
    <div class="categories">
      {EVENT_CATEGORIES.map(([name, belongs]) => (
        <fieldset>
          <legend>{name}</legend>
          {EVENT_TYPES.filter(belongs).map((type) => (
            <label>
              <input type="checkbox" name={field} value={type} checked={chosen.includes(type)} /> {typeName(type)}
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}
