import { createMiddleware } from "hono/factory";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

/** No body is decompressed: a small one could unpack to more than an isolate's memory. RFC 9110 §8.4 and §15.5.16 */
export const requireUnencodedBody = createMiddleware<AppEnv>(async (c, next) => {
  const codings = c.req.header("Content-Encoding")?.toLowerCase().split(",") ?? [];
  if (codings.some((coding) => !["", "identity"].includes(coding.trim()))) {
    throw new AppError("unsupported-media-type", "Send the body uncompressed, without Content-Encoding.", {
      headers: { "Accept-Encoding": "identity" },
    });
  }
  await next();
});
