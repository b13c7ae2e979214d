import type * as z from "zod";

/** The part of OpenAPI 3.1 that the document uses. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; summary: string; description: string; license: Record<string, string> };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, PathItem>;
  webhooks: Record<string, PathItem>;
  components: {
    schemas: Record<string, JsonSchema>;
    parameters: Record<string, Parameter>;
    headers: Record<string, Header>;
    responses: Record<string, Response>;
    securitySchemes: Record<string, Record<string, string>>;
  };
}

type Method = "get" | "put" | "post" | "delete";
export type PathItem = Partial<Record<Method, Operation>>;

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, string[]>[];
  parameters: Reference[];
  requestBody?: { description: string; required: true; content: Content };
  responses: Record<string, Response | Reference>;
}

export interface Response {
  description: string;
  headers?: Record<string, Reference>;
  content?: Content;
}

export type Content = Record<string, { schema: Reference; examples: Record<string, Example> }>;

export interface Example {
  summary: string;
  value: unknown;
}

export function example(summary: string, value: unknown): Example {
  return { summary, value };
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description: string;
  schema: JsonSchema;
  example: unknown;
}

export type Header = Omit<Parameter, "name" | "in">;

export interface Reference {
  $ref: string;
}

export type JsonSchema = z.core.JSONSchema.BaseSchema;
