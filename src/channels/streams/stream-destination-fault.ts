import type { StreamKind } from "../../schemas/stream-destinations.ts";
import { destinationFault } from "../destination.ts";

/** A stream's destination, with or without its secret. */
type Addressed =
  | { kind: Exclude<StreamKind, "s3">; destination: { url: string } }
  | { kind: "s3"; destination: { endpoint: string } };

/**
 * Returns what is wrong with the URL of a stream's destination, as in "must be …", and the name of the field. The rules
 * are those of webhooks. Undefined if nothing is wrong. The text never contains the URL.
 */
export function streamDestinationFault(
  target: Addressed,
  allowLocalDestinations: boolean,
): { field: "url" | "endpoint"; message: string } | undefined {
  const [field, url] =
    target.kind === "s3"
      ? (["endpoint", target.destination.endpoint] as const)
      : (["url", target.destination.url] as const);
  const message = destinationFault({ type: "webhook", url }, allowLocalDestinations) ?? endpointFault(field, url);
  return message === undefined ? undefined : { field, message };
}

/** The bucket and the name of the object follow the endpoint. */
function endpointFault(field: string, url: string): string | undefined {
  return field === "endpoint" && /[?#]/.test(url) ? "must not have a query or a fragment" : undefined;
}
