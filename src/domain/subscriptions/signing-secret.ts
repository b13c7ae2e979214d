import { DAY_MS } from "../../lib/time.ts";
import { newSigningSecret } from "../../channels/signature.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { replaceSecret } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/roles.ts";
import { getOwnedRow } from "./owned-row.ts";
import type { SubscriptionPath } from "./subscription-view.ts";

const PREVIOUS_SECRET_MS = DAY_MS;
const MAX_PREVIOUS_SECRETS = 10;

/**
 * The secret that signs a subscription's messages.
 * @throws AppError `forbidden`; `not-found`.
 */
export async function getSigningSecret({ db }: Context, reader: Reader, path: SubscriptionPath): Promise<string> {
  return (await getOwnedRow(db, reader, path)).signing_secret;
}

/**
 * Gives a subscription a new signing secret, and returns it. For 24 hours, messages are also signed with the previous
 * secret.
 * @throws AppError `forbidden`; `not-found`; `conflict` if another request rotated the secret at the same time, or
 * after 10 rotations in 24 hours.
 */
export async function rotateSecret(context: Context, reader: Reader, path: SubscriptionPath): Promise<string> {
  const row = await getOwnedRow(context.db, reader, path);
  const now = context.now();
  const previous = [
    { secret: row.signing_secret, expires_at: now + PREVIOUS_SECRET_MS },
    ...row.previous_secrets.filter(({ expires_at }) => expires_at > now),
  ];
  if (previous.length > MAX_PREVIOUS_SECRETS) {
    throw new AppError(
      "conflict",
      `The secret was rotated ${MAX_PREVIOUS_SECRETS} times in the last 24 hours, and messages are still signed with ` +
        "each of the previous secrets. Try again when the oldest of them has expired.",
    );
  }
  const secret = newSigningSecret(context.randomBytes);
  if (!(await replaceSecret(context.db, row, secret, previous))) {
    throw new AppError("conflict", "Another request rotated the secret at the same time. Read the secret again.");
  }
  return secret;
}
