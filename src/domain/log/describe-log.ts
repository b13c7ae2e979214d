import type { Context } from "../../context.ts";
import { listWitnessStates, type WitnessState } from "../../store/log/witness-rows.ts";
import { formatVerifierKey, type VerifierKey } from "../../tlog/note-key.ts";
import { chooseCheckpoint, type KnownCheckpoint } from "./choose-checkpoint.ts";
import { logPublicKey, requireLog } from "./require-log.ts";

export interface WitnessView {
  /** The name in the key of the witness. */
  name: string;
  /** The newest checkpoint that the witness has cosigned. */
  cosigned: { size: number; at: number } | undefined;
  /** Why the witness did not cosign when it was asked last. */
  failure: string | undefined;
}

/** What a person needs to know about the log to verify it. */
export interface LogView {
  publicKey: string;
  /** True if `/log/…` needs a reader's token. */
  needsToken: boolean;
  newest: KnownCheckpoint;
  witnesses: WitnessView[];
}

/**
 * Describes the log and its witnesses.
 * @throws AppError `not-found` if there is no log.
 */
export async function describeLog(context: Context): Promise<LogView> {
  const { config, db } = context;
  const { name: origin } = requireLog(config).verifier;
  const keys = config.logWitnesses.map(({ key }) => key);
  const witnesses = keys.map(formatVerifierKey);
  const [newest, states] = await Promise.all([
    chooseCheckpoint(context, { cosigned: false }),
    witnesses.length === 0 ? [] : listWitnessStates(db, { origin, witnesses }),
  ]);
  const stateOf = (key: VerifierKey) => states.find(({ witness }) => witness === formatVerifierKey(key));
  return {
    publicKey: logPublicKey(config),
    needsToken: config.logAccess === "readers",
    newest,
    witnesses: keys.map((key) => toView(key, stateOf(key))),
  };
}

function toView({ name }: VerifierKey, state: WitnessState | undefined): WitnessView {
  const { cosigned, failure } = state ?? {};
  return { name, cosigned: cosigned && { size: cosigned.size, at: cosigned.cosignedAt }, failure };
}
