import type { AppError, Fault } from "../../errors.ts";
import { labelFor } from "./field-labels.ts";
import { UserText } from "./untrusted-text.tsx";

/** The database may have stored the change before its response was lost. */
const MAYBE_SAVED: Fault = {
  path: "",
  message: "The database did not confirm the change. It may have been saved: check before you try again.",
};

/** The faults of a form's fields. An empty path means the whole form. Undefined if the error is not about the form. */
export function formFaults(error: AppError): Fault[] | undefined {
  switch (error.code) {
    case "invalid-request":
      return error.faults.map(({ path, message }) => ({ path: fieldName(path), message }));
    case "forbidden": // the sender may use the form, so the error is about a group that they are not in
      return [{ path: "allowed_groups", message: error.message }];
    case "conflict":
    case "precondition-failed":
      return [{ path: "", message: error.message }];
    case "unavailable":
      return [error.cause === undefined ? { path: "", message: error.message } : MAYBE_SAVED];
    default:
      return undefined;
  }
}

/** "url" for the paths "url", "0.url" and "destination.url"; "event_types" for "event_types.3" and "listing.type". */
function fieldName(path: string): string {
  if (/^listing\.type\b/.test(path)) return "event_types";
  return path.replace(/^(?:\d+|destination|listing)\./, "").split(".", 1)[0] ?? "";
}

/** Lists all faults of a form, with a link to each field. */
export function FaultSummary({ faults }: { faults: Fault[] }) {
  if (faults.length === 0) return <></>;
  return (
    <div id="faults" class="faults" role="alert" tabindex={-1} aria-labelledby="faults-title">
      <p id="faults-title">
        <b>{faults.includes(MAYBE_SAVED) ? "Possibly not saved" : "Not saved"}</b>
      </p>
      <ul>
        {faults.map((fault) => (
          <li>
            <LinkedFault fault={fault} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A message in lower case continues the label, as in "URL must be a URL". A sentence follows the label and a colon. */
function LinkedFault({ fault: { path, message } }: { fault: Fault }) {
  const label = labelFor(path);
  if (label === undefined) return <UserText text={message} />;
  return (
    <a href={`#${path}`}>
      {`${label}${/^[a-z]/.test(message) ? "" : ":"} `}
      <UserText text={message} />
    </a>
  );
}

/** The faults of one field, to show beside it. */
export function FieldFault({ field, faults }: { field: string; faults: Fault[] }) {
  const messages = faults.filter(({ path }) => path === field).map(({ message }) => message);
  if (messages.length === 0) return <></>;
  return (
    <p id={`${field}-fault`} class="fault">
      <UserText text={messages.map((message) => toSentence(message)).join(" ")} />
    </p>
  );
}

/** The ARIA attributes of a field: the IDs of its hints and of its fault, and `aria-invalid`. */
export function ariaAttributes(field: string, faults: Fault[], ...hints: (string | undefined)[]) {
  const isInvalid = faults.some(({ path }) => path === field);
  const ids = [isInvalid ? `${field}-fault` : undefined, ...hints].filter((id) => id !== undefined).join(" ");
  return { ...(ids !== "" && { "aria-describedby": ids }), ...(isInvalid && { "aria-invalid": "true" }) };
}

function toSentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith(".") ? "" : "."}`;
}
