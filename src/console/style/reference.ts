import { keptForEver } from "../kept-for-ever.ts";

/** Swagger UI in the console's colours and letters, for the reference's page alone. */
export const REFERENCE_SHEET = `
.swagger-ui .info { margin: 0 }
`.trim();

export const REFERENCE_SHEET_URL = keptForEver("/docs/reference", "css", REFERENCE_SHEET);
