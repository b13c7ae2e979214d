import { createHash } from "node:crypto";
import { ACTIVITY } from "./activity.ts";
import { DELIVERIES } from "./deliveries.ts";
import { EVENTS } from "./events.ts";
import { FRAME } from "./frame.ts";
import { PROJECTS } from "./projects.ts";
import { SUBSCRIPTIONS } from "./subscriptions.ts";

export const STYLE_SHEET = (FRAME + EVENTS + ACTIVITY + PROJECTS + SUBSCRIPTIONS + DELIVERIES).trim();

/** Another sheet has another address, so that browsers may keep each for ever. */
export const STYLE_URL = `/style-${createHash("sha256").update(STYLE_SHEET).digest("hex").slice(0, 12)}.css`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0a5a9c"/><path d="M4 5h8M4 8h8M4 11h5" stroke="#fff" stroke-width="1.5" stroke-linecap="round"/></svg>`;
