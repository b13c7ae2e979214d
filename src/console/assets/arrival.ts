import { createHash } from "node:crypto";
import SOURCE from "./arrival.browser.js";

/** As browsers read it, wherever it was checked out. */
export const ARRIVAL = SOURCE.replaceAll("\r\n", "\n");

/** For `script-src`: this text and no other. */
export const ARRIVAL_SOURCE = `'sha256-${createHash("sha256").update(ARRIVAL).digest("base64")}'`;
