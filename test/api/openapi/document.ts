import type { z } from "zod";
import { openApiDocument } from "../../../src/api/openapi/openapi-document.ts";
import { SCHEMAS } from "../../../src/api/openapi/openapi-schemas.ts";
import type { Operation, PathItem, Reference, Response } from "../../../src/api/openapi/openapi-types.ts";

export const document = openApiDocument();

/** Every operation by its name, as in `GET /health`. */
export const operations = operationsOf(document.paths);
export const webhooks = operationsOf(document.webhooks);

function operationsOf(items: Record<string, PathItem>): Map<string, Operation> {
  const named = new Map<string, Operation>();
  for (const [path, item] of Object.entries(items)) {
    for (const [method, operation] of Object.entries(item)) named.set(`${method.toUpperCase()} ${path}`, operation);
  }
  return named;
}

/** The operation's responses by status. */
export function responsesOf({ responses }: Operation): Map<string, Response> {
  return new Map(Object.entries(responses).map(([status, response]) => [status, resolved(response)]));
}

function resolved(response: Response | Reference): Response {
  if (!("$ref" in response)) return response;
  return found(document.components.responses, response.$ref);
}

/** The zod schema of a reference in the document. */
export function schemaOf({ $ref }: Reference): z.ZodType {
  return found<z.ZodType>(SCHEMAS, $ref);
}

export function found<Component>(components: Record<string, Component>, $ref: string): Component {
  const component = components[$ref.slice($ref.lastIndexOf("/") + 1)];
  if (component === undefined) throw new Error(`${$ref} is not in the document`);
  return component;
}
