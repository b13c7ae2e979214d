import type { Reader } from "./reader.ts";

/** Whether the reader may see the project's subscriptions and deliveries. */
export function canReadProject(reader: Reader, project: string): boolean {
  return reader.isAuditor || (["read", "write", "owner"] as const).some((role) => hasRole(reader, project, role));
}

/** Whether the reader may change the project's subscriptions and see their secrets. */
export function ownsProject(reader: Reader, project: string): boolean {
  return hasRole(reader, project, "owner");
}

// An EscapeKit role is a group of this name.
function hasRole(reader: Reader, project: string, role: "read" | "write" | "owner"): boolean {
  return reader.groups.includes(`project:${project}:global:${role}`);
}
