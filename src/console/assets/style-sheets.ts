import { hashedUrl } from "../shared/caching.ts";
import ACTIVITY from "./style/activity.css";
import DELIVERIES from "./style/deliveries.css";
import EVENTS from "./style/events.css";
import FORMS from "./style/forms.css";
import FRAME from "./style/frame.css";
import PRINT from "./style/print.css";
import PROJECTS from "./style/projects.css";
import REFERENCE from "./style/reference.css";
import STREAMS from "./style/streams.css";
import SUBSCRIPTIONS from "./style/subscriptions.css";

export const STYLE_SHEET = withoutComments(
  FRAME + EVENTS + ACTIVITY + PROJECTS + SUBSCRIPTIONS + FORMS + STREAMS + DELIVERIES + PRINT,
);
export const STYLE_SHEET_URL = hashedUrl("/style", "css", STYLE_SHEET);

/** For the API reference, in addition to `STYLE_SHEET` and Swagger UI's own sheet. */
export const REFERENCE_SHEET = withoutComments(REFERENCE);
export const REFERENCE_SHEET_URL = hashedUrl("/docs/reference", "css", REFERENCE_SHEET);

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0a5a9c"/><path d="M4 5h8M4 8h8M4 11h5" stroke="#fff" stroke-width="1.5" stroke-linecap="round"/></svg>`;
export const ICON_URL = hashedUrl("/icon", "svg", ICON);

/** Safe, because no string or URL in the sheets contains `/*`. */
function withoutComments(sheet: string): string {
  return sheet.replace(/\s*\/\*.*?\*\//gs, "").trim();
}
