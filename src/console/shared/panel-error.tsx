import type { Context as HonoContext } from "hono";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { labelFor } from "./field-labels.ts";
import { formFaults } from "./form-faults.tsx";
import { statusFor, type PageStatus } from "./form-refusal.ts";
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

/** The errors that a panel shows. Any other error has a page of its own. */
const SHOWN_IN_PANEL: ReadonlySet<AppError["code"]> = new Set(["invalid-request", "conflict", "unavailable"]);

/** Runs the action of a panel. If the action is refused, `respond` makes the page with the reason. */
export async function showRefusal(
  c: HonoContext<AppEnv>,
  panel: Panel,
  act: () => Promise<Response>,
  respond: (refusal: Refusal, status: PageStatus) => Promise<Response>,
): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError) || !SHOWN_IN_PANEL.has(error.code)) throw error;
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
    return respond({ panel, ...describeRefusal(error) }, statusFor(error));
  }
}

function describeRefusal(error: AppError): Pick<Refusal, "message" | "fields"> {
  const faults = formFaults(error) ?? [];
  return {
    message: faults.map(({ path, message }) => `${labelFor(path) ?? path} ${message}`.trim()).join("; "),
    fields: faults.map(({ path }) => path),
  };
}
