import type { ReaderClaims } from "../reader-token.ts";
import { count, tell } from "../../test/kit/delivery-checks.ts";
import type { Told } from "./deliveries.ts";

export function tellReader({ user, groups }: ReaderClaims, told: string): void {
  tell(`  ${user.padEnd(5)} (${groups.join(", ")}): ${told}`);
}

export function tellDelivered({ subscriber, events, withheld, attempts, retried, duplicates }: Told): void {
  const how =
    subscriber.type === "slack"
      ? `in ${count(attempts, "message")}`
      : `in ${count(attempts, "request")}. All signatures are valid. ${count(retried, "request")} got a 503 and were repeated`;
  const twice = duplicates === 0 ? "" : `. ${count(duplicates, "event")} came twice`;
  tell(
    `  ${subscriber.name.padEnd(16)} ${count(events, "event")} ${how}${twice}. ${count(withheld, "event")} were withheld`,
  );
}
