import { Moment } from "./moment.tsx";

/** A `Moment` of milliseconds since 1970. */
export function Instant({ at, now }: { at: number; now: number }) {
  return <Moment timestampNs={`${BigInt(at) * 1_000_000n}`} now={now} />;
}
