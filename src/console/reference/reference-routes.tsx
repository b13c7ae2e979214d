import { type Context as HonoContext, Hono } from "hono";
import { some } from "hono/combine";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { serveImmutable, IMMUTABLE } from "../shared/serve-immutable.ts";
import { REFERENCE_SCRIPT, REFERENCE_SCRIPT_URL } from "../assets/reference.ts";
import { SWAGGER_UI } from "./swagger-ui.ts";
import { withReference } from "../shared/security-headers.ts";
import { REFERENCE_SHEET, REFERENCE_SHEET_URL } from "../assets/reference.ts";
import { ReferencePage } from "./reference-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

/** The reference is public, as the description is that it is drawn from. Whoever is signed in sees it in their console. */
const asAnybody = some(requireReader, async (_c, next) => next());

export const reference = new Hono<AppEnv>()
  .get("/docs", asAnybody, (c) => {
    const nonce = c.get("context").randomBytes(16).toBase64();
    return renderPage(c, <ReferencePage nonce={nonce} />, 200, withReference(nonce));
  })
  .get(REFERENCE_SCRIPT_URL, (c) => serveImmutable(c, "text/javascript; charset=utf-8", REFERENCE_SCRIPT))
  .get(REFERENCE_SHEET_URL, (c) => serveImmutable(c, "text/css; charset=utf-8", REFERENCE_SHEET))
  .get(SWAGGER_UI.script.url, (c) => answerAsset(c, SWAGGER_UI.script.file))
  .get(SWAGGER_UI.sheet.url, (c) => answerAsset(c, SWAGGER_UI.sheet.file));

/** A file of the Worker's static assets. A request that knows its tag is answered by them, with 304. */
async function answerAsset(c: HonoContext<AppEnv>, file: string): Promise<Response> {
  const asset = await c.env.ASSETS.fetch(new Request(new URL(file, c.req.url), { headers: c.req.raw.headers }));
  if (!asset.ok && asset.status !== 304) throw new AppError("not-found", "This file of the reference is not there.");
  const response = c.newResponse(asset.body, asset);
  response.headers.set("Cache-Control", IMMUTABLE);
  return response;
}
