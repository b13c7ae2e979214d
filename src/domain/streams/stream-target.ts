import type { StreamTarget } from "../../channels/streams/stream-batch.ts";
import { SECRET_FIELD } from "../../schemas/stream-destinations.ts";
import type { StreamRow } from "../../store/streams/stream-rows.ts";

type Stored = Pick<StreamRow, "id" | "kind" | "destination" | "secret" | "format">;

/** Where a stream sends, with the secret. Only verbs that send or compare a destination use it, and none returns it. */
export function streamTarget({ id, kind, destination, secret, format }: Stored): StreamTarget {
  const whole = { ...destination, [SECRET_FIELD[kind]]: secret };
  return { id: `${id}`, kind, destination: whole, format } as StreamTarget; // stored by `toStored`, from a destination of this kind
}

type Sent = { kind: StreamRow["kind"]; destination: object };

/** Separates a destination from its secret, which is undefined if it was left out. */
export function toStored({ kind, destination }: Sent): {
  destination: Record<string, unknown>;
  secret: string | undefined;
} {
  const { [SECRET_FIELD[kind]]: secret, ...settings } = destination as Record<string, string | undefined>;
  return { destination: JSON.parse(JSON.stringify(settings)) as Record<string, unknown>, secret };
}
