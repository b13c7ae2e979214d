import type { EventType } from "../../src/schemas/event.ts";
import type { ReaderClaims } from "../../scripts/reader-token.ts";

/** A destination that an owner subscribes to a project's events. */
export interface Subscriber {
  name: string;
  project: string;
  type: "webhook" | "slack";
  /** By default every type. */
  eventTypes?: EventType[];
  /** It receives what these groups may see. */
  groups: string[];
}

export function ownerFor(project: string): ReaderClaims {
  return { user: `${project}-owner`, groups: [`project:${project}:global:owner`, `${project}-team`] };
}

export function distinctProjects(subscribers: Subscriber[]): string[] {
  return [...new Set(subscribers.map(({ project }) => project))];
}
