import type { Fault } from "../../errors.ts";
import { IN_DOUBT, labelOf } from "./form-faults.ts";
import { UserText } from "../shared/untrusted-text.tsx";

/** All that is wrong with a form, each with the way to its field. */
export function FaultSummary({ faults }: { faults: Fault[] }) {
  if (faults.length === 0) return <></>;
  return (
    <div id="faults" class="faults" role="alert" tabindex={-1} aria-labelledby="faults-title">
      <p id="faults-title">
        <b>{faults.includes(IN_DOUBT) ? "Perhaps not saved" : "Not saved"}</b>
      </p>
      <ul>
        {faults.map(({ path, message }) => {
          const label = labelOf(path);
          // "must be a URL" goes on from the field's label; a sentence stands for itself
          return (
            <li>
              {label === undefined ? (
                <UserText text={message} />
              ) : (
                <a href={`#${path}`}>
                  {`${label}${/^[a-z]/.test(message) ? "" : ":"} `}
                  <UserText text={message} />
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** What is wrong with one field, beside it. */
export function FieldFault({ field, faults }: { field: string; faults: Fault[] }) {
  const messages = faults.filter(({ path }) => path === field).map(({ message }) => message);
  if (messages.length === 0) return <></>;
  return (
    <p id={`${field}-fault`} class="fault">
      <UserText text={messages.map((message) => sentence(message)).join(" ")} />
    </p>
  );
}

/** For the field's element: what describes it, and whether it is wrong. */
export function described(field: string, faults: Fault[], ...hints: (string | undefined)[]) {
  const isWrong = faults.some(({ path }) => path === field);
  const by = [isWrong ? `${field}-fault` : undefined, ...hints].filter((id) => id !== undefined).join(" ");
  return { ...(by !== "" && { "aria-describedby": by }), ...(isWrong && { "aria-invalid": "true" }) };
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith(".") ? "" : "."}`;
}
