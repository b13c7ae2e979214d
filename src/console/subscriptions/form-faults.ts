import type { AppError, Fault } from "../../errors.ts";

/** Where the database failed, what was asked for may have been stored, and its answer lost. */
export const IN_DOUBT: Fault = {
  path: "",
  message: "The database failed meanwhile. It may have been done all the same: look before you try again.",
};

/** What a refusal says of the form's fields; an empty path is the whole form. Undefined where it is not about the form. */
export function formFaults(error: AppError): Fault[] | undefined {
  switch (error.code) {
    case "invalid-request":
      return error.faults.map(({ path, message }) => ({ path: fieldOf(path), message }));
    case "forbidden": // who gets here is an owner
      return [{ path: "allowed_groups", message: error.message }];
    case "conflict":
    case "precondition-failed":
      return [{ path: "", message: error.message }];
    case "unavailable":
      return [error.cause === undefined ? { path: "", message: error.message } : IN_DOUBT];
    default:
      return undefined;
  }
}

/** "url" of "url" and of "0.url", "event_types" of "event_types.3". */
function fieldOf(path: string): string {
  return path.replace(/^\d+\./, "").split(".", 1)[0] ?? "";
}

/** The fields of a subscription's form, and of the one by which its events are recovered. */
const LABELS: Record<string, string> = {
  type: "Type",
  url: "URL",
  slack_username: "Name in Slack",
  slack_icon: "Icon in Slack",
  event_types: "Event types",
  allowed_groups: "Groups",
  enabled: "Enabled",
  which: "Which",
  from: "From event ID",
};

/** As people see a field; undefined for what is none. */
export function labelOf(path: string): string | undefined {
  return Object.hasOwn(LABELS, path) ? LABELS[path] : undefined;
}
