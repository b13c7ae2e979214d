import { EVENT_EXAMPLES } from "./event-examples.ts";
import { example, type Example } from "./openapi-types.ts";
import { LOG_EXAMPLES } from "./log-examples.ts";
import { STREAM_EXAMPLES } from "./stream-examples.ts";
import { SUBSCRIPTION_EXAMPLES } from "./subscription-examples.ts";

export const A_REQUEST_ID = "3c0f2b8e-6a0e-4b52-9d57-1f0a6f1f7c11";
export const A_BOOKMARK = "00000085-0000000a-00004f6c-8c61f1c6f3b6d6b1a2c3d4e5f6a7b8c9";
export const A_TAG = '"zqKdYhXc0n5tYw1lJ3mE2A-1042"';
export const A_SET_TAG = '"3-9fJx0aVbQ2kLrT1w"';

/** Examples of request and response bodies, by the names of their schemas. */
export const EXAMPLES = {
  ...EVENT_EXAMPLES,
  ...LOG_EXAMPLES,
  ...SUBSCRIPTION_EXAMPLES,
  ...STREAM_EXAMPLES,
  Health: { ok: example("Healthy", { status: "ok" }) },
  OpenApi: { document: example("The beginning of the document", { openapi: "3.1.0", info: { title: "Tidings" } }) },
} satisfies Record<string, Record<string, Example>>;
