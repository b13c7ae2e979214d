import { version } from "swagger-ui-dist/package.json";

/** All that is served of the package: by an address that changes with its version, the file. */
export const SWAGGER_UI = {
  script: { url: `/docs/swagger-ui-${version}.js`, file: "/swagger-ui-bundle.js" },
  sheet: { url: `/docs/swagger-ui-${version}.css`, file: "/swagger-ui.css" },
};
