import { EXAMPLES } from "./examples.ts";
import { headerRefs, type HeaderName } from "./response-headers.ts";
import { schemaRef } from "./schemas.ts";
import type { Content, Operation, Response } from "./openapi-types.ts";

type Body = keyof typeof EXAMPLES;

/** JSON by the schema of this name, with its examples. */
function json(name: Body): Content {
  return { "application/json": inForm(name) };
}

export function requestBody(name: Body, description: string): NonNullable<Operation["requestBody"]> {
  return { description, required: true, content: json(name) };
}

export function jsonResponse(name: Body, description: string, headers: HeaderName[] = []): Response {
  return { description, headers: headerRefs(...headers), content: json(name) };
}

/** Every form that a listing has. */
export function listingResponse(description: string, headers: HeaderName[]): Response {
  const content: Content = {
    ...json("Events"),
    "application/cloudevents-batch+json": inForm("CloudEvents"),
    "application/x-ndjson": inForm("EventLines"),
    "text/csv": inForm("EventRecords"),
    "text/event-stream": inForm("EventStream"),
  };
  return { description, headers: headerRefs(...headers), content };
}

function inForm(name: Body): Content[string] {
  return { schema: schemaRef(name), examples: EXAMPLES[name] };
}

export function emptyResponse(description: string, headers: HeaderName[] = []): Response {
  return { description, headers: headerRefs(...headers) };
}
