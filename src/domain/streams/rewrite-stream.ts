import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { updateStream, type NewChange } from "../../store/streams/change-streams.ts";
import type { StreamRow } from "../../store/streams/stream-rows.ts";
import type { Reader } from "../access/roles.ts";
import { hintStreamsIn } from "../hint-streams.ts";
import { getStreamRow } from "./list-streams.ts";
import { viewStream, type StreamView } from "./stream-view.ts";

/** Returns true if a request may change this version of a stream. Undefined: a request may change any version. */
export type ExpectedVersion = ((version: number) => boolean) | undefined;

/** A planned change of a stream. */
export interface StreamRewrite {
  set: Partial<StreamRow>;
  action: NewChange["action"];
  details: NewChange["details"];
  /** Set if the change is only allowed while the receiver refuses this event. */
  refusedEventId?: number;
}

/** The largest number of tries. A try fails only because another operator has changed the stream. */
const MAX_TRIES = 20;
const LONGEST_PAUSE_MS = 200;

/**
 * Changes a stream as `plan` says, and returns it. If another operator was faster, plans again. If `plan` returns
 * undefined, the stream stays as it is. Errors of `plan` are passed on.
 * @throws AppError `forbidden`; `not-found`; `precondition-failed` if the version is not the expected one;
 * `unavailable` if other operators were faster each time.
 */
export async function rewriteStream(
  context: Context,
  reader: Reader,
  id: string,
  isExpected: ExpectedVersion,
  plan: (row: StreamRow) => StreamRewrite | undefined,
): Promise<StreamView> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const row = await getStreamRow(context.db, reader, id);
    requireExpected(row, isExpected);
    const rewrite = plan(row);
    if (rewrite === undefined) return viewStream(context, row);
    const { set, action, details, refusedEventId } = rewrite;
    if (await updateStream(context.db, row, set, { ...changeBy(context, reader), action, details }, refusedEventId)) {
      context.background(hintStreamsIn(context, 0));
      return viewStream(context, await getStreamRow(context.db, reader, id));
    }
    await context.wait(context.random() * Math.min(LONGEST_PAUSE_MS, 10 * tries));
  }
  throw new AppError("unavailable", "Too many other requests are changing this stream. Try again.", {
    headers: { "Retry-After": "1" },
  });
}

export function changeBy({ now }: Pick<Context, "now">, { name }: Reader): Pick<NewChange, "at" | "by"> {
  return { at: now(), by: name ?? null };
}

export function requireExpected({ version }: StreamRow, isExpected: ExpectedVersion): void {
  if (isExpected === undefined || isExpected(version)) return;
  throw new AppError("precondition-failed", "The stream has changed since you read it. Read it again.");
}
