import type { Context } from "../../context.ts";
import { cosignedAt } from "../../tlog/cosignature.ts";
import type { VerifierKey } from "../../tlog/note-key.ts";
import { parseNote } from "../../tlog/signed-note.ts";
import { chooseCheckpoint, type KnownCheckpoint } from "./choose-checkpoint.ts";
import { logPublicKey } from "./require-log.ts";

export interface WitnessView {
  /** Of its key. */
  name: string;
  /** When it signed the newest cosigned checkpoint, in milliseconds since 1970. Undefined: it did not. */
  cosignedAt: number | undefined;
}

/** What a person needs to know of the log to verify it. */
export interface LogView {
  publicKey: string;
  /** Whether `/log/…` needs a reader's token. */
  needsToken: boolean;
  newest: KnownCheckpoint;
  /** The newest checkpoint that a witness has cosigned. */
  cosigned: KnownCheckpoint;
  witnesses: WitnessView[];
}

/** @throws AppError `not-found` if there is no log. */
export async function describeLog(context: Context): Promise<LogView> {
  const publicKey = logPublicKey(context.config);
  const [newest, cosigned] = await Promise.all([
    chooseCheckpoint(context, { cosigned: false }),
    chooseCheckpoint(context, { cosigned: true }),
  ]);
  const note = cosigned.kind === "checkpoint" ? parseNote(cosigned.note) : undefined;
  const view = async (key: VerifierKey): Promise<WitnessView> => {
    const seconds = note && (await cosignedAt(note, key));
    return { name: key.name, cosignedAt: seconds === undefined ? undefined : seconds * 1000 };
  };
  return {
    publicKey,
    needsToken: context.config.logAccess === "readers",
    newest,
    cosigned,
    witnesses: await Promise.all(context.config.logWitnesses.map(({ key }) => view(key))),
  };
}
