import type { Context as HonoContext } from "hono";
import { cloudEventsPage, JSON_PAGE } from "../../domain/page-forms.ts";
import type { Scope } from "../../domain/scope.ts";
import type { PageQuery } from "../../schemas/page.ts";
import type { AppEnv } from "../env.ts";
import { chooseMediaType } from "./media-type.ts";
import { answerPage } from "./page.ts";

/** What every listing answers: what `scope` holds for this reader, in the form that he wants. */
export async function answerListing(c: HonoContext<AppEnv>, scope: Scope, query: PageQuery) {
  const mediaType = chooseMediaType(c.req.header("Accept"));
  const listing = { reader: c.get("reader"), scope, query };
  switch (mediaType) {
    case "application/json":
      return answerPage(c, { ...listing, form: JSON_PAGE }, mediaType);
    case "application/cloudevents-batch+json":
      return answerPage(c, { ...listing, form: cloudEventsPage(c.get("context").config.publicUrl) }, mediaType);
  }
}
