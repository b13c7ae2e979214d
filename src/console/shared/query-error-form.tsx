import type { Fault } from "../../errors.ts";
import { ENCODED_USERNAME, encodedText, mustBeEncoded } from "./form-values.ts";
import { UserText } from "./untrusted-text.tsx";

const LABELS: Record<string, string> = {
  type: "Type",
  username: "User",
  since: "Since (UTC)",
  until: "Until (UTC)",
  state: "State",
  subscription: "Subscription",
  event: "Event ID",
};

interface Mending {
  url: URL;
  faults: Fault[];
}

/** Whether each fault is one of the parameters in the address. */
export function canBeMended({ url, faults }: Mending): boolean {
  return faults.length > 0 && faults.every(({ path }) => url.searchParams.has(parameterOf(path)));
}

/** A page's address that was refused, as a form: what is wrong stands beside its field, and what was typed is kept. */
export function QueryErrorForm({ url, faults }: Mending) {
  const typed = [...new Set(url.searchParams.keys())].flatMap((name) =>
    url.searchParams.getAll(name).map((value, index) => ({
      name,
      value,
      fault: faults.find(({ path }) => path === `${name}.${index}` || (index === 0 && path === name)),
    })),
  );
  return (
    <form class="edit" action={url.pathname}>
      {typed
        .filter(({ value, fault }) => value !== "" || fault !== undefined)
        .map((field, index) =>
          field.name === "username" && mustBeEncoded(field.value) ? (
            <p>
              {LABELS["username"]} <UserText text={field.value} />
              <input type="hidden" name={ENCODED_USERNAME} value={encodedText(field.value)} />
            </p>
          ) : (
            <Field {...field} id={`field-${index}`} />
          ),
        )}
      <div class="buttons">
        <button>Try again</button> <a href={url.pathname}>Without any of it</a>
      </div>
    </form>
  );
}

function Field({ id, name, value, fault }: { id: string; name: string; value: string; fault: Fault | undefined }) {
  return (
    <div class="field">
      <label for={id}>{Object.hasOwn(LABELS, name) ? LABELS[name] : <UserText text={name} />}</label>
      <input
        id={id}
        name={name}
        value={value}
        autocomplete="off"
        spellcheck={false}
        {...(fault && { "aria-invalid": "true", "aria-describedby": `${id}-fault` })}
      />
      {fault && (
        <p id={`${id}-fault`} class="fault">
          <UserText text={fault.message} />
        </p>
      )}
    </div>
  );
}

/** "type" of "type.1". */
function parameterOf(path: string): string {
  return path.split(".", 1)[0] ?? "";
}
