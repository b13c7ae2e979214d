import { keptForEver } from "../shared/hashed-url.ts";
import SOURCE from "./reference.browser.js";

export const REFERENCE_SCRIPT = SOURCE;
export const REFERENCE_SCRIPT_URL = keptForEver("/docs/reference", "js", SOURCE);
