import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { formatVerifierKey, type SignerKey } from "../../tlog/note-key.ts";

/** Whether there is a log, for what goes on without one. A bad LOG_KEY counts as none here: `/health` names it. */
export function hasLog(config: Config): boolean {
  try {
    return config.logKey !== undefined;
  } catch {
    return false;
  }
}

/** @throws AppError `not-found`, if there is no log. */
export function requireLog({ logKey }: Config): SignerKey {
  if (logKey === undefined) {
    throw new AppError("not-found", "This service keeps no verifiable log: its variable LOG_KEY is not set.");
  }
  return logKey;
}

/**
 * What verifies the log's signatures, in one line.
 * @throws AppError `not-found`, if there is no log.
 */
export function logPublicKey(config: Config): string {
  return formatVerifierKey(requireLog(config).verifier);
}
