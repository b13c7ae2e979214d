import { AppError } from "../../errors.ts";
import { ScopeName } from "../../schemas/text.ts";

/** A person or program with a valid token. */
export interface Reader {
  /** The token's `sub`, if it has one. */
  name: string | undefined;
  /** Without duplicates and without empty names. */
  groups: readonly string[];
  /** True if one of the groups is in AUDITOR_GROUPS. An auditor sees every event, and every project's subscriptions. */
  isAuditor: boolean;
  /** True if one of the groups is in OPERATOR_GROUPS. Being an operator shows no event. */
  isOperator: boolean;
  /** When the token expires, in milliseconds since 1970. */
  expiresAt: number;
}

/** From the lowest to the highest. Each role includes the rights of those before it. */
const ROLES = ["read", "write", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Auditors and readers with a role in the project may see its subscriptions and deliveries. */
export function canReadProject(reader: Reader, project: string): boolean {
  return reader.isAuditor || highestRole(reader, project) !== undefined;
}

/** Only owners may change the project's subscriptions and see their secrets. */
export function ownsProject(reader: Reader, project: string): boolean {
  return highestRole(reader, project) === "owner";
}

/** The highest role that the reader has in the project. */
function highestRole(reader: Reader, project: string): Role | undefined {
  return ROLES.findLast((role) => reader.groups.includes(roleGroup(project, role)));
}

/** The projects in which the reader has a role, sorted by name, each with the highest role. */
export function listProjectRoles(reader: Reader): { project: string; role: Role }[] {
  const names = reader.groups.flatMap((group) => {
    const name = ROLE_GROUP_PATTERN.exec(group)?.[1];
    return name !== undefined && ScopeName.safeParse(name).success ? [name] : [];
  });
  return [...new Set(names)].toSorted().flatMap((project) => {
    const role = highestRole(reader, project);
    return role === undefined ? [] : [{ project, role }];
  });
}

/** The group whose members have the role, as EscapeKit names it. */
export function roleGroup(project: string, role: Role): string {
  return `project:${project}:global:${role}`;
}

/** A project's name may itself contain `:global:read`. Only the last such part of a group's name is the role. */
const ROLE_GROUP_PATTERN = /^project:(.+):global:(?:read|write|owner)$/s;

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
