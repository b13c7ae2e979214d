import { hashedUrl } from "../shared/hashed-url.ts";
import ACTIVITY from "./style/activity.css";
import DELIVERIES from "./style/deliveries.css";
import EVENTS from "./style/events.css";
import FORMS from "./style/forms.css";
import FRAME from "./style/frame.css";
import PRINT from "./style/print.css";
import PROJECTS from "./style/projects.css";
import SUBSCRIPTIONS from "./style/subscriptions.css";

export const STYLE_SHEET = (FRAME + EVENTS + ACTIVITY + PROJECTS + SUBSCRIPTIONS + FORMS + DELIVERIES + PRINT).trim();

export const STYLE_URL = hashedUrl("/style", "css", STYLE_SHEET);

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0a5a9c"/><path d="M4 5h8M4 8h8M4 11h5" stroke="#fff" stroke-width="1.5" stroke-linecap="round"/></svg>`;

export const ICON_URL = hashedUrl("/icon", "svg", ICON);
