import * as z from "zod";
import type { JsonSchema } from "./openapi-types.ts";

type Io = "input" | "output";

/** Schemas under their names, which refer to each other by `$ref`. `io`: as clients send them, or as they get them. */
export function namedJsonSchemas(io: Io, named: Record<string, z.ZodType>): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...optionsFor(io), uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutEnvelope(schema)]));
}

export function jsonSchema(io: Io, schema: z.ZodType): JsonSchema {
  return withoutEnvelope(z.toJSONSchema(schema, optionsFor(io)));
}

function optionsFor(io: Io) {
  return {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema: json }) => {
      if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
      if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
      if (json.format === "date-time") delete json.pattern;
      if (io === "output" && json.additionalProperties === false) delete json.additionalProperties; // answers may grow
      delete json.propertyNames; // the names in JSON are strings anyway
    },
  } satisfies z.core.ToJSONSchemaParams;
}

function withoutEnvelope({ $schema: _dialect, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
