import { filteredScope } from "../access/scope-path.ts";
import type { Reader } from "../access/roles.ts";
import type { ListingQuery } from "../events/listing-query.ts";
import type { StreamRow } from "../../store/streams/stream-rows.ts";

/** The listing that a stream sends. It is read with the verbs of every listing, so a stream carries what a reader sees. */
export function streamListing(
  { listing, allowed_groups }: Pick<StreamRow, "listing" | "allowed_groups">,
  pageSize: number,
): ListingQuery {
  const { type, username, since, until, ...names } = listing;
  return {
    reader: readerOf(allowed_groups),
    scope: filteredScope(names),
    query: { page_size: pageSize, type, username, since, until },
  };
}

/** A reader in the groups of a stream. A stream without groups sees what an auditor sees. */
function readerOf(groups: readonly string[] | null): Reader {
  return {
    name: undefined,
    groups: groups ?? [],
    isAuditor: groups === null,
    isOperator: false,
    expiresAt: Number.POSITIVE_INFINITY,
  };
}
