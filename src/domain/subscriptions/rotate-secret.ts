import { newSigningSecret } from "../../channels/signature.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { replaceSecret } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/reader.ts";
import { getSubscription } from "./subscription-set.ts";

const SIGNS_ON_MS = 24 * 60 * 60 * 1000;
const MAX_PREVIOUS_SECRETS = 10;

/**
 * Gives a subscription a new signing secret, and answers it. The old one signs beside it for 24 hours.
 * @throws AppError `forbidden`; `not-found`; `conflict` where it was replaced at the same moment, or too often.
 */
export async function rotateSecret(
  context: Context,
  reader: Reader,
  path: { project: string; id: string },
): Promise<string> {
  const row = await getSubscription(context.db, reader, path);
  const now = context.now();
  const retired = [
    { secret: row.signing_secret, expires_at: now + SIGNS_ON_MS },
    ...row.previous_secrets.filter(({ expires_at }) => expires_at > now),
  ];
  if (retired.length > MAX_PREVIOUS_SECRETS) {
    throw new AppError(
      "conflict",
      `It was rotated ${MAX_PREVIOUS_SECRETS} times in 24 hours: all of those secrets still sign.`,
    );
  }
  const secret = newSigningSecret(context.randomBytes);
  if (!(await replaceSecret(context.db, row, secret, retired))) {
    throw new AppError("conflict", "Its secret was replaced at the same moment: read it again.");
  }
  return secret;
}
