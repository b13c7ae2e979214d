import type { ReaderClaims } from "../../scripts/reader-token.ts";
import { AUDITORS } from "./auditor.ts";
import type { SentEvent } from "./entry.ts";
import type { Subscriber } from "./subscriber.ts";

// The service's rules in their simplest form. What the service does is compared with what these functions return.

export function maySee({ groups }: ReaderClaims, { allowed_groups }: SentEvent): boolean {
  return groups.includes(AUDITORS) || allowed_groups === undefined || meet(groups, allowed_groups);
}

export function matchesFilter({ project, eventTypes }: Subscriber, event: SentEvent): boolean {
  const inProject = event.state_project === project || event.inventory_project === project;
  return inProject && (eventTypes === undefined || eventTypes.includes(event.type));
}

export function mayReceive({ groups }: Subscriber, { allowed_groups }: SentEvent): boolean {
  return allowed_groups === undefined || meet(groups, allowed_groups);
}

function meet(some: string[], others: string[]): boolean {
  return some.some((group) => others.includes(group));
}
