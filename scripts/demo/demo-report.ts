import type { ReaderClaims } from "../reader-token.ts";
import { count, print } from "../../test/kit/output.ts";
import type { DeliveryFigures } from "./deliveries.ts";

export function printReader({ user, groups }: ReaderClaims, text: string): void {
  print(`  ${user.padEnd(5)} (${groups.join(", ")}): ${text}`);
}

export function printDelivered({ subscriber, events, withheld, attempts, retried, duplicates }: DeliveryFigures): void {
  const how =
    subscriber.type === "slack"
      ? `in ${count(attempts, "message")}`
      : `in ${count(attempts, "request")}. All signatures are valid. Repeated after a 503: ${retried}`;
  const twice = duplicates === 0 ? "" : `. Came twice: ${duplicates}`;
  print(
    `  ${subscriber.name.padEnd(16)} ${count(events, "event")} ${how}${twice}. Withheld: ${count(withheld, "event")}`,
  );
}
