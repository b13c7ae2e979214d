import { showInvisible } from "../../event-text/invisible-characters.ts";
import { toSentence } from "../../event-text/sentence.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { nsToMs } from "../../lib/time.ts";
import { pathTo } from "../../schemas/cloud-event.ts";
import { dataOf, parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import { LEVELS } from "../../schemas/scope.ts";
import { OCSF_ACTIVITIES, OCSF_CLASS, OCSF_VERSION, type OcsfActivity } from "./ocsf-activities.ts";

/**
 * The JSON of an event in the class "Entity Management" of the Open Cybersecurity Schema Framework. Everything of the
 * event that has no attribute there is in `unmapped`, so nothing is lost. `data` is copied as text, so its numbers keep
 * every digit.
 */
export function ocsfJson(json: string, publicUrl: string | undefined): string {
  const event = parseEventFacts(json);
  const attributes = writeJson(toAttributes(event, publicUrl)).slice(0, -1);
  const unmapped = writeJson(toUnmapped(event)).slice(1, -1);
  const data = dataOf(json);
  const fields = [unmapped, data === undefined ? "" : `"data":${data}`].filter((text) => text !== "");
  return fields.length === 0 ? `${attributes}}` : `${attributes},"unmapped":{${fields.join(",")}}}`;
}

function toAttributes(event: EventFacts, publicUrl: string | undefined) {
  const activity = OCSF_ACTIVITIES[event.type];
  return {
    ...OCSF_CLASS,
    activity_id: activity.activityId,
    activity_name: activity.activityName,
    type_uid: OCSF_CLASS.class_uid * 100 + activity.activityId,
    type_name: `${OCSF_CLASS.class_name}: ${activity.activityName}`,
    severity_id: 1,
    severity: "Informational",
    time: nsToMs(event.timestamp),
    message: toMessage(event),
    ...(event.username !== undefined && { actor: { user: { name: event.username } } }),
    entity: toEntity(event, activity),
    metadata: {
      version: OCSF_VERSION,
      product: { name: "Tidings", ...(publicUrl !== undefined && { url_string: publicUrl }) },
      uid: event.id,
      event_code: event.type,
      original_time: event.timestamp,
      logged_time: Date.parse(event.recorded_at),
    },
  };
}

/** OCSF asks for a name or another attribute that identifies the entity, but some events name none. */
const NO_NAME = "unknown";

function toEntity(event: EventFacts, { entity: { typeId, type, nameField } }: OcsfActivity) {
  const name = nameField && event[nameField];
  const uid = nameField === undefined || nameField === "username" ? "" : pathTo(nameField, event);
  return { type_id: typeId, type, name: name ?? NO_NAME, ...(uid !== "" && { uid }) };
}

function toUnmapped(event: EventFacts) {
  const names = LEVELS.map(({ name }) => [name, event[name]] as const);
  return { ...Object.fromEntries(names), allowed_groups: event.allowed_groups };
}

/** "ann redeployed api to production of shop". Values are untrusted, so characters that nobody sees are shown. */
function toMessage(event: EventFacts): string {
  return toSentence(event)
    .map(({ kind, text }) => (kind === "value" ? showInvisible(text) : text))
    .join(" ");
}
