import { Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { PUBLIC_FOR_AN_HOUR } from "../http/caching-headers.ts";
import { bodyTag, etagHeader, isNotModified, respondNotModified } from "../http/entity-tags.ts";
import { writeJson } from "../lib/json-writer.ts";
import { openApiDocument } from "./openapi/openapi-document.ts";

interface RenderedDocument {
  json: string;
  tag: string;
}

export const openapi = new Hono<AppEnv>().get("/", async (c) => {
  const { json, tag } = await renderDocument(c.get("context").config.publicUrl);
  const headers = { ...etagHeader(tag), ...PUBLIC_FOR_AN_HOUR };
  if (isNotModified(c.req.header("If-None-Match"), tag)) return respondNotModified(c, headers);
  return c.body(json, 200, { ...headers, "Content-Type": "application/json" });
});

/**
 * The documents by PUBLIC_URL. Each is rendered on its first request, because it would slow down the start of an
 * isolate.
 */
const documents = new Map<string | undefined, RenderedDocument>();

async function renderDocument(publicUrl: string | undefined): Promise<RenderedDocument> {
  const cached = documents.get(publicUrl);
  if (cached !== undefined) return cached;
  const json = writeJson(openApiDocument(publicUrl));
  const rendered = { json, tag: bodyTag(json) };
  documents.set(publicUrl, rendered);
  return rendered;
}
