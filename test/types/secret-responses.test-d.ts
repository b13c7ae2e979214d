import type { Context as HonoContext } from "hono";
import { it } from "vitest";
import type { AppEnv } from "../../src/http/app-env.ts";
import { jsonResponse } from "../../src/http/json-response.ts";
import type { Subscription } from "../../src/schemas/subscription.ts";
import type { SubscriptionRow } from "../../src/store/subscriptions/subscription-rows.ts";

// tsc checks this file. It reports an error if an expected error does not occur.

declare const c: HonoContext<AppEnv>;
declare const row: SubscriptionRow;
declare const subscription: Subscription;

it("a response with a subscription as it is served has a type", () => {
  jsonResponse(c, subscription, 200, {});
  jsonResponse(c, [subscription], 200, {});
  jsonResponse(c, { subscription }, 200, {});
});

it("a response with a row has none, because the row contains signing secrets", () => {
  // @ts-expect-error the row itself
  jsonResponse(c, row, 200, {});
  // @ts-expect-error in a list
  jsonResponse(c, [row], 200, {});
  // @ts-expect-error in a field
  jsonResponse(c, { subscription: row }, 200, {});
  // @ts-expect-error by a spread
  jsonResponse(c, { ...row, id: `${row.id}` }, 200, {});
  // @ts-expect-error the secret alone: `secretResponse` sends it
  jsonResponse(c, { signing_secret: row.signing_secret }, 200, {});
});
