import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { formatVerifierKey, type SignerKey } from "../../tlog/note-key.ts";

/**
 * Returns true if there is a log, for callers that go on without a log. Returns false if LOG_KEY is bad, and `/health`
 * reports the bad key.
 */
export function hasLog(config: Config): boolean {
  try {
    return config.logKey !== undefined;
  } catch {
    return false;
  }
}

/**
 * Returns the key of the log.
 * @throws AppError `not-found`, if there is no log.
 */
export function requireLog({ logKey }: Config): SignerKey {
  if (logKey === undefined) {
    throw new AppError("not-found", "This service keeps no verifiable log: its variable LOG_KEY is not set.");
  }
  return logKey;
}

/**
 * Returns the key that verifies the log's signatures, in one line.
 * @throws AppError `not-found`, if there is no log.
 */
export function logPublicKey(config: Config): string {
  return formatVerifierKey(requireLog(config).verifier);
}
