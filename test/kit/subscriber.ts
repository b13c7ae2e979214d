import type { EventType } from "../../src/schemas/event.ts";
import type { ReaderClaims } from "../../scripts/reader-token.ts";

/** A destination that an owner subscribes to a project's events. */
export interface Subscriber {
  name: string;
  project: string;
  type: "webhook" | "slack";
  /** Left out: every type. */
  eventTypes?: EventType[];
  /** On whose behalf it is told. */
  groups: string[];
}

export function ownerOf(project: string): ReaderClaims {
  return { user: `${project}-owner`, groups: [`project:${project}:global:owner`, `${project}-team`] };
}

export function projectsOf(subscribers: Subscriber[]): string[] {
  return [...new Set(subscribers.map(({ project }) => project))];
}
