import { UserText } from "../shared/untrusted-text.tsx";

/** The parts of a subscription's page from which something is asked for. */
export type Panel = "switch" | "test" | "secret" | "recover" | "delete";

/** Why what was asked for in a panel was not done. */
export interface Refusal {
  panel: Panel;
  message: string;
  /** The fields that are at fault, by their names. */
  fields: string[];
}

export function PanelError({ at, trouble }: { at: Panel; trouble: Refusal | undefined }) {
  if (trouble?.panel !== at) return <></>;
  return (
    <p id={`${at}-fault`} class="fault" role="alert">
      <UserText text={trouble.message} />
    </p>
  );
}
