import type { Reader } from "../../domain/access/roles.ts";
import { invalidRequest } from "../../errors.ts";
import { formatRfc3339 } from "../../lib/time.ts";
import { toFaults } from "../../schemas/faults.ts";
import type { StreamKind } from "../../schemas/stream-destinations.ts";
import { ChangedStream, NewStream, type Stream } from "../../schemas/stream.ts";
import { asSentBack, decodeFieldText, fieldText, fieldTexts } from "../shared/forms.ts";
import { DESTINATION_FIELDS, FILTER_FIELDS } from "./stream-labels.ts";

/** The content of a stream's form, valid or not. A page never shows a secret in `texts`. */
export interface StreamDraft {
  kind: StreamKind;
  /** The name, the fields of the destination and of the filters, and `after`. */
  texts: Record<string, string>;
  format: string;
  carries: "everything" | "groups";
  allowed_groups: string[];
  event_types: string[];
  enabled: boolean;
}

/** A new form has “groups” selected, also for an auditor, so that nobody creates a stream of everything by mistake. */
export function newDraft(kind: StreamKind): StreamDraft {
  return {
    kind,
    texts: {},
    format: "tidings",
    carries: "groups",
    allowed_groups: [],
    event_types: [],
    enabled: true,
  };
}

export function toDraft(stream: Stream): StreamDraft {
  return {
    kind: stream.kind,
    texts: storedTexts(stream),
    format: stream.format,
    carries: stream.allowed_groups === undefined ? "everything" : "groups",
    allowed_groups: stream.allowed_groups ?? [],
    event_types: stream.listing.type ?? [],
    enabled: stream.enabled,
  };
}

export function readDraft(kind: StreamKind, form: Record<string, unknown>): StreamDraft {
  const fields = [...DESTINATION_FIELDS[kind], ...FILTER_FIELDS].map(({ name }) => name);
  return {
    kind,
    texts: Object.fromEntries(["name", "after", ...fields].map((name) => [name, fieldText(form[name]).trim()])),
    format: fieldText(form["format"]),
    carries: form["carries"] === "everything" ? "everything" : "groups",
    allowed_groups: fieldTexts(form["allowed_groups"]).map(decodeFieldText),
    event_types: fieldTexts(form["event_types"]),
    enabled: form["enabled"] !== undefined,
  };
}

/** @throws AppError `invalid-request` with the faults. */
export function parseNew(draft: StreamDraft): NewStream {
  const result = NewStream.safeParse({ ...toBody(draft), after: draft.texts["after"] }, { reportInput: true });
  if (!result.success) throw invalidRequest(toFaults(result.error.issues));
  return result.data;
}

/**
 * A field that the operator did not edit keeps its stored value, because a browser may send another text than the form
 * had.
 * @throws AppError `invalid-request` with the faults.
 */
export function parseChanged(draft: StreamDraft, stored: Stream): ChangedStream {
  const result = ChangedStream.safeParse(toBody(draft, stored), { reportInput: true });
  if (!result.success) throw invalidRequest(toFaults(result.error.issues));
  return result.data;
}

function toBody({ kind, texts, ...draft }: StreamDraft, stored?: Stream): Record<string, unknown> {
  const shown = stored === undefined ? undefined : storedTexts(stored);
  const pick = (fields: readonly { name: string }[], values: Record<string, unknown>) =>
    Object.fromEntries(
      fields.map(({ name }) => {
        const isUnedited = shown !== undefined && texts[name] === asSentBack(shown[name] ?? "");
        return [name, isUnedited ? values[name] : texts[name]];
      }),
    );
  return {
    ...pick([{ name: "name" }], { name: stored?.name }),
    kind,
    destination: pick(DESTINATION_FIELDS[kind], { ...stored?.destination }),
    format: draft.format,
    listing: { ...pick(FILTER_FIELDS, { ...stored?.listing }), type: draft.event_types },
    allowed_groups: draft.carries === "everything" ? undefined : draft.allowed_groups,
    enabled: draft.enabled,
  };
}

/** The texts that the form of a stored stream shows. A field without a value has an empty text. */
function storedTexts({ kind, name, destination, listing }: Stream): Record<string, string> {
  const values: Record<string, unknown> = { name, ...destination, ...listing };
  const fields = ["name", ...[...DESTINATION_FIELDS[kind], ...FILTER_FIELDS].map((field) => field.name)];
  return Object.fromEntries(fields.map((field) => [field, textOf(field, values[field])]));
}

function textOf(field: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(","); // tags
  if (typeof value !== "string") return "";
  return field === "since" || field === "until" ? formatRfc3339(value) : value;
}

/** True if the form offers a stream of everything: to an auditor, and for a stream that carries everything already. */
export function mayCarryEverything({ isAuditor }: Reader, draft: StreamDraft): boolean {
  return isAuditor || draft.carries === "everything";
}

/** The content of a form as one object, to compare two forms. The texts are as a browser sends them. */
export function sentFields({ texts, ...rest }: StreamDraft): Record<string, unknown> {
  const { after: _a, ...others } = texts;
  const sent = Object.entries(others).map(([name, text]) => [name, asSentBack(text)]);
  return { ...rest, ...Object.fromEntries(sent) };
}
