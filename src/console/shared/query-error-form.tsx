import type { Fault } from "../../errors.ts";
import { ENCODED_USERNAME, encodeFieldText, needsEncoding } from "./forms.ts";
import { usePage } from "./page-context.tsx";
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

/** True if every fault is about a parameter of the URL. */
export function isQueryError(url: URL, faults: Fault[]): boolean {
  return faults.length > 0 && faults.every(({ path }) => url.searchParams.has(parameterName(path)));
}

/** The parameters of a rejected URL as a form. Each error is beside its field, and the values are kept. */
export function QueryErrorForm({ faults }: { faults: Fault[] }) {
  const { url } = usePage();
  const fields = [...new Set(url.searchParams.keys())].flatMap((name) =>
    url.searchParams.getAll(name).map((value, index) => ({
      name,
      value,
      fault: faults.find(({ path }) => path === `${name}.${index}` || (index === 0 && path === name)),
    })),
  );
  return (
    <form class="edit" action={url.pathname}>
      {fields
        .filter(({ value, fault }) => value !== "" || fault !== undefined)
        .map((field, index) =>
          field.name === "username" && needsEncoding(field.value) ? (
            <p>
              {LABELS["username"]} <UserText text={field.value} />
              <input type="hidden" name={ENCODED_USERNAME} value={encodeFieldText(field.value)} />
            </p>
          ) : (
            <Field {...field} id={`field-${index}`} />
          ),
        )}
      <div class="buttons">
        <button>Try again</button> <a href={url.pathname}>Remove all filters</a>
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

/** "type" for "type.1". */
function parameterName(path: string): string {
  return path.split(".", 1)[0] ?? "";
}
