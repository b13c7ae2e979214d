import { listOpenedEventsById, WHOLE_OPENED_EVENTS, type OpenedEvent } from "../../store/log/opened-events.ts";
import type { EventSource } from "../events/export-events.ts";

export type { OpenedEvent } from "../../store/log/opened-events.ts";

/** The source of a listing's events with their openings and the indexes of their entries in the log. */
export const OPENED_EVENTS: EventSource<OpenedEvent> = { columns: WHOLE_OPENED_EVENTS, listById: listOpenedEventsById };
