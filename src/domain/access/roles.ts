import { AppError } from "../../errors.ts";
import { ScopeName } from "../../schemas/text.ts";

/** A person or program with a valid token. */
export interface Reader {
  /** The token's `sub`, if it has one. */
  name: string | undefined;
  /** Distinct, none empty. */
  groups: readonly string[];
  /** In one of AUDITOR_GROUPS: sees every event, and every project's subscriptions. */
  isAuditor: boolean;
  /** When the token expires, in milliseconds since 1970. */
  expiresAt: number;
}

/** In ascending order: each role includes the ones before it. */
const ROLES = ["read", "write", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Whether the reader may see the project's subscriptions and deliveries. */
export function canReadProject(reader: Reader, project: string): boolean {
  return reader.isAuditor || roleIn(reader, project) !== undefined;
}

/** Whether the reader may change the project's subscriptions and see their secrets. */
export function ownsProject(reader: Reader, project: string): boolean {
  return roleIn(reader, project) === "owner";
}

/** The highest role that the reader has in the project. */
function roleIn(reader: Reader, project: string): Role | undefined {
  return ROLES.findLast((role) => reader.groups.includes(groupOf(project, role)));
}

/** The projects in which the reader has a role, sorted by name, each with the highest role. */
export function projectsOf(reader: Reader): { project: string; role: Role }[] {
  const names = reader.groups.flatMap((group) => {
    const name = ROLE_GROUP.exec(group)?.[1];
    return name !== undefined && ScopeName.safeParse(name).success ? [name] : [];
  });
  return [...new Set(names)].toSorted().flatMap((project) => {
    const role = roleIn(reader, project);
    return role === undefined ? [] : [{ project, role }];
  });
}

/** An EscapeKit role is a group of this name. */
export function groupOf(project: string, role: Role): string {
  return `project:${project}:global:${role}`;
}

/** A project's name may contain any text, also `:global:read`: only the last such part is the role's. */
const ROLE_GROUP = /^project:(.+):global:(?:read|write|owner)$/s;

/** @throws AppError `forbidden`. */
export function requireProjectReader(reader: Reader, project: string): void {
  if (!canReadProject(reader, project)) throw forbidden("read, write or owner");
}

/** @throws AppError `forbidden`. */
export function requireOwner(reader: Reader, project: string): void {
  if (!ownsProject(reader, project)) throw forbidden("owner");
}

function forbidden(roles: string): AppError {
  return new AppError(
    "forbidden",
    `You need the role ${roles} in this project: one of your groups must be named project:PROJECT:global:ROLE.`,
  );
}
