import { hashedUrl } from "../shared/hashed-url.ts";
import SHEET from "./style/reference.css";
import SOURCE from "./reference.browser.js";

export const REFERENCE_SCRIPT = SOURCE;
export const REFERENCE_SCRIPT_URL = hashedUrl("/docs/reference", "js", SOURCE);
export const REFERENCE_SHEET = SHEET;
export const REFERENCE_SHEET_URL = hashedUrl("/docs/reference", "css", SHEET);
