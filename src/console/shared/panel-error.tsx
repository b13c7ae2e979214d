import type { AppError } from "../../errors.ts";
import { labelFor } from "./field-labels.ts";
import { formFaults } from "./form-faults.tsx";
import { UserText } from "./untrusted-text.tsx";

/** The parts of a page that have a form for an action on a subscription or a stream. */
export type Panel = "switch" | "test" | "secret" | "recover" | "check" | "skip" | "rewind" | "delete";

/** The reason why the action of a panel was refused. */
export interface Refusal {
  panel: Panel;
  message: string;
  /** The names of the invalid fields. */
  fields: string[];
}

export function PanelError({ at, refusal }: { at: Panel; refusal: Refusal | undefined }) {
  if (refusal?.panel !== at) return <></>;
  return (
    <p id={`${at}-fault`} class="fault" role="alert">
      <UserText text={refusal.message} />
    </p>
  );
}

/** The reason that the panel shows. */
export function describeRefusal(error: AppError): Pick<Refusal, "message" | "fields"> {
  const faults = formFaults(error) ?? [];
  return {
    message: faults.map(({ path, message }) => `${labelFor(path) ?? path} ${message}`.trim()).join("; "),
    fields: faults.map(({ path }) => path),
  };
}
