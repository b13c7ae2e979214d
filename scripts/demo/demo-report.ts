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
      : `in ${count(attempts, "request")}. All signatures are valid. Repeated after a 503: ${retried}`;
  const twice = duplicates === 0 ? "" : `. Came twice: ${duplicates}`;
  tell(
    `  ${subscriber.name.padEnd(16)} ${count(events, "event")} ${how}${twice}. Withheld: ${count(withheld, "event")}`,
  );
}
