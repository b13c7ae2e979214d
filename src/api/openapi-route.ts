import { Hono } from "hono";
import { sha256 } from "../lib/crypto.ts";
import { writeJson } from "../lib/json-writer.ts";
import { openApiDocument } from "./openapi/openapi-document.ts";
import { formatTag, knownTags, matchesAny } from "../http/entity-tags.ts";
import type { AppEnv } from "../http/app-env.ts";

interface Served {
  json: string;
  tag: string;
}

export const openapi = new Hono<AppEnv>().get("/", async (c) => {
  const { json, tag } = await served(c.get("context").config.publicUrl);
  const headers = { ETag: formatTag(tag), "Cache-Control": "public, max-age=3600" };
  const ifNoneMatch = c.req.header("If-None-Match");
  if (matchesAny(ifNoneMatch) || knownTags(ifNoneMatch).includes(tag)) return c.body(null, 304, headers);
  return c.body(json, 200, { ...headers, "Content-Type": "application/json" });
});

/** By PUBLIC_URL. Made when it is first asked for: it would cost every start of an isolate. */
const documents = new Map<string | undefined, Served>();

async function served(publicUrl: string | undefined): Promise<Served> {
  const known = documents.get(publicUrl);
  if (known !== undefined) return known;
  const json = writeJson(openApiDocument(publicUrl));
  const made = { json, tag: await sha256(json) };
  documents.set(publicUrl, made);
  return made;
}
