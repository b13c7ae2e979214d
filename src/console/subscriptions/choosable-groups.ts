import type { Reader } from "../../domain/reader.ts";
import { GroupName } from "../../schemas/text.ts";

/** The groups that an owner may let a subscription be told for: their own, and those there already. */
export function choosableGroups(reader: Reader, already: readonly string[] = []): string[] {
  const own = reader.groups.filter((group) => GroupName.safeParse(group).success);
  return [...new Set([...already, ...own])];
}
