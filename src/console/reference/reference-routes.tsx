import { type Context as HonoContext, Hono } from "hono";
import { some } from "hono/combine";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { IMMUTABLE, serveImmutable } from "../shared/caching.ts";
import { REFERENCE_SCRIPT, REFERENCE_SCRIPT_URL, SWAGGER_UI } from "../assets/browser-scripts.ts";
import { REFERENCE_SHEET, REFERENCE_SHEET_URL } from "../assets/style-sheets.ts";
import { referencePolicy } from "../shared/security-headers.ts";
import { ReferencePage } from "./reference-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

/** The reference is public, like openapi.json. A visitor who is signed in also gets the navigation. */
const optionalReader = some(requireReader, async (_c, next) => next());

export const referenceRoutes = new Hono<AppEnv>()
  .get("/docs", optionalReader, (c) => {
    const nonce = c.get("context").randomBytes(16).toBase64();
    return renderPage(c, <ReferencePage nonce={nonce} />, 200, referencePolicy(nonce));
  })
  .get(REFERENCE_SCRIPT_URL, (c) => serveImmutable(c, "text/javascript; charset=utf-8", REFERENCE_SCRIPT))
  .get(REFERENCE_SHEET_URL, (c) => serveImmutable(c, "text/css; charset=utf-8", REFERENCE_SHEET))
  .get(SWAGGER_UI.script.url, (c) => respondWithAsset(c, SWAGGER_UI.script.file))
  .get(SWAGGER_UI.sheet.url, (c) => respondWithAsset(c, SWAGGER_UI.sheet.file));

/** Responds with one of the Worker's static assets. The assets binding itself responds to If-None-Match with a 304. */
async function respondWithAsset(c: HonoContext<AppEnv>, file: string): Promise<Response> {
  const asset = await c.env.ASSETS.fetch(new Request(new URL(file, c.req.url), { headers: c.req.raw.headers }));
  if (!asset.ok && asset.status !== 304) throw new AppError("not-found", "This file does not exist.");
  const response = c.newResponse(asset.body, asset);
  response.headers.set("Cache-Control", IMMUTABLE);
  return response;
}
