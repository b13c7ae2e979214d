import { listOpenedEventsById, WHOLE_OPENED_EVENTS, type OpenedEvent } from "../../store/log/opened-events.ts";
import type { EventSource } from "../events/export-events.ts";

export type { OpenedEvent } from "../../store/log/opened-events.ts";

/** The events of a listing with what their entries in the log are made of. */
export const OPENED_EVENTS: EventSource<OpenedEvent> = { columns: WHOLE_OPENED_EVENTS, listById: listOpenedEventsById };
