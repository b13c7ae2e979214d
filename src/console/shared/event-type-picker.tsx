import { EVENT_TYPES, type EventType } from "../../schemas/event.ts";
import { EVENT_CATEGORIES } from "./event-categories.ts";

/** "REDEPLOY_STATE_DEPLOYMENT" as people say it. */
export function typeName(type: EventType): string {
  const words = type
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/ event$/, "")
    .replace(/\bacl\b/, "access");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A checkbox for each type. */
export function EventTypeOptions({ field, chosen }: { field: string; chosen: readonly string[] }) {
  return (
    <div class="families">
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
