import { Plain } from "../plain.tsx";

/** The parts of a subscription's page from which something is asked for. */
export type Panel = "switch" | "test" | "secret" | "recover" | "delete";

/** Why what was asked for here was not done. */
export function Trouble({ at, trouble }: { at: Panel; trouble: { panel: Panel; message: string } | undefined }) {
  if (trouble?.panel !== at) return <></>;
  return (
    <p id={`${at}-fault`} class="fault" role="alert">
      <Plain text={trouble.message} />
    </p>
  );
}
