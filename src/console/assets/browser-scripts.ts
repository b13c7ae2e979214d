import { sha256 } from "../../lib/crypto.ts";
import { version } from "swagger-ui-dist/package.json";
import { hashedUrl } from "../shared/caching.ts";
import LIVE_ARRIVAL from "./live-arrival.browser.js";
import REFERENCE from "./reference.browser.js";

/** An inline script. Line breaks are normalised, so the hash does not depend on how git checked the file out. */
export const LIVE_ARRIVAL_SCRIPT = LIVE_ARRIVAL.replaceAll("\r\n", "\n");

/** The value for `script-src` that allows only this script. */
export const LIVE_ARRIVAL_SCRIPT_HASH = `'sha256-${sha256(LIVE_ARRIVAL_SCRIPT, "base64")}'`;

export const REFERENCE_SCRIPT = REFERENCE;
export const REFERENCE_SCRIPT_URL = hashedUrl("/docs/reference", "js", REFERENCE);

/** The only files of swagger-ui-dist that are served. The URL changes with the package's version. */
export const SWAGGER_UI = {
  script: { url: `/docs/swagger-ui-${version}.js`, file: "/swagger-ui-bundle.js" },
  sheet: { url: `/docs/swagger-ui-${version}.css`, file: "/swagger-ui.css" },
};
