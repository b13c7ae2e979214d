import { parameterRef, type ParameterName } from "./openapi-parameters.ts";
import { errorResponseRefs, type ErrorStatus } from "./openapi-responses.ts";
import type { Operation, Response } from "./openapi-types.ts";

interface OperationFields {
  tag: string;
  summary: string;
  description: string;
  /** By default, a reader. */
  caller?: keyof typeof SECURITY;
  parameters?: ParameterName[];
  body?: NonNullable<Operation["requestBody"]>;
  /** The responses below 400, by status. */
  responses: Record<number, Response>;
  /** Further errors. Those of the caller, of the body and of every path are added. */
  errors?: ErrorStatus[];
}

/** One operation of the API, with references to its parameters and error responses. */
export function operation(
  operationId: string,
  { tag, summary, description, caller = "reader", parameters = [], body, responses, errors = [] }: OperationFields,
): Operation {
  const ofCaller: ErrorStatus[] = caller === "anyone" ? [] : [400, 401, 503];
  const ofBody: ErrorStatus[] = body === undefined ? [] : [413, 415];
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    security: SECURITY[caller],
    parameters: parameters.map(parameterRef),
    ...(body !== undefined && { requestBody: body }),
    responses: { ...responses, ...errorResponseRefs(...ofCaller, ...ofBody, 405, 500, ...errors) },
  };
}

/** A reader may use any of three credentials. */
export const SECURITY = {
  reader: [{ readerToken: [] }, { escapeTokenHeader: [] }, { escapeTokenCookie: [] }],
  producer: [{ producerToken: [] }],
  anyone: [],
} satisfies Record<string, Operation["security"]>;

export const SECURITY_SCHEMES = {
  readerToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "A reader's token, signed with HS256, RS256, ES256 or EdDSA. It must have `exp`; `sub` is the reader's name, and the " +
      "claim `groups` (or another, by configuration) lists the reader's groups. If a request has several credentials, " +
      "this one takes precedence, then the header, then the cookie.",
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
      "The same token, as a cookie. Of several cookies with this name, the first valid one counts. Requests that change " +
      "something then need an `Origin` or `Sec-Fetch-Site` of this service.",
  },
  producerToken: { type: "http", scheme: "bearer", description: "A token that permits recording events." },
};
