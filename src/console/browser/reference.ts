import { keptForEver } from "../urls/kept-for-ever.ts";
import SOURCE from "./reference.browser.js";

export const REFERENCE_SCRIPT = SOURCE;
export const REFERENCE_SCRIPT_URL = keptForEver("/docs/reference", "js", SOURCE);
