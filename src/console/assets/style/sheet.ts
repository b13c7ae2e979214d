import { keptForEver } from "../../shared/hashed-url.ts";
import { ACTIVITY } from "./activity.ts";
import { DELIVERIES } from "./deliveries.ts";
import { EVENTS } from "./events.ts";
import { FORMS } from "./forms.ts";
import { FRAME } from "./frame.ts";
import { PRINT } from "./print.ts";
import { PROJECTS } from "./projects.ts";
import { SUBSCRIPTIONS } from "./subscriptions.ts";

export const STYLE_SHEET = (FRAME + EVENTS + ACTIVITY + PROJECTS + SUBSCRIPTIONS + FORMS + DELIVERIES + PRINT).trim();

export const STYLE_URL = keptForEver("/style", "css", STYLE_SHEET);

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0a5a9c"/><path d="M4 5h8M4 8h8M4 11h5" stroke="#fff" stroke-width="1.5" stroke-linecap="round"/></svg>`;

export const ICON_URL = keptForEver("/icon", "svg", ICON);
