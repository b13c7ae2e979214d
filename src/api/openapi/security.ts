/** Any of these will do for a reader. */
export const AS_READER = [{ readerToken: [] }, { escapeTokenHeader: [] }, { escapeTokenCookie: [] }];
export const AS_PRODUCER = [{ producerToken: [] }];
export const AS_ANYBODY = [];

export const SECURITY_SCHEMES = {
  readerToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "A reader's token, signed with HS256, RS256, ES256 or EdDSA. It must have `exp`; `sub` names the reader, and the " +
      "claim `groups` (or another, by configuration) lists the groups. Of several credentials the first counts: this " +
      "one, then the header, then the cookie.",
  },
  escapeTokenHeader: {
    type: "apiKey",
    in: "header",
    name: "X-Escape-Token",
    description: "The same token, as a header.",
  },
  escapeTokenCookie: {
    type: "apiKey",
    in: "cookie",
    name: "X-Escape-Token",
    description:
      "The same token, as a cookie. Of several cookies of the name the first good one counts. Changes then need an " +
      "`Origin` or `Sec-Fetch-Site` of this service's own.",
  },
  producerToken: { type: "http", scheme: "bearer", description: "A token of those that may record events." },
};
