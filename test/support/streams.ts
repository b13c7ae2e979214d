import Papa from "papaparse";

/** The whole body; the runtime warns of `text()` where a media type does not begin with `text`. */
export async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}

/** What came of a body: the fields of the events that are in it whole, and the ID to go on from. */
export interface Received {
  events: Record<string, unknown>[];
  /** Undefined where nothing whole has come yet. */
  last: string | undefined;
}

type Fields = Record<string, unknown> & { id: string };

/** What a client makes of a body of newline-delimited JSON that may be cut off anywhere. */
export function linesIn(body: string): Received {
  const whole = body.split("\n").slice(0, -1);
  return received(whole.map((line): Fields => JSON.parse(line)));
}

/** Likewise of CSV, read by a parser that has nothing to do with how it was written. */
export function recordsIn(body: string): Received {
  const { data, errors } = Papa.parse<string[]>(body, { delimiter: ",", newline: "\r\n" });
  const isOpen = errors.some(({ code }) => code === "MissingQuotes");
  const whole = isOpen || !body.endsWith("\r\n") ? data.slice(0, -1) : data.filter((cells) => cells.length > 1);
  const [names = [], ...records] = whole;
  return received(
    records.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])) as Fields),
  );
}

/** Likewise of server-sent events, as an EventSource's `onmessage` hears them. WHATWG HTML, "Interpreting an event stream". */
export function messagesIn(body: string): Received {
  const events: Fields[] = [];
  let last: string | undefined;
  for (const block of body.split("\n\n").slice(0, -1)) {
    const data: string[] = [];
    let type = "message";
    for (const line of block.split(/\r\n|\r|\n/)) {
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === "id") last = value;
      if (field === "event") type = value;
      if (field === "data") data.push(value);
    }
    if (data.length > 0 && type === "message") events.push(JSON.parse(data.join("\n")));
  }
  return { events, last };
}

function received(events: Fields[]): Received {
  return { events, last: events.at(-1)?.id };
}

/** The first `share` of the body's bytes, as a client decodes them that was cut off there. */
export function cutOff(body: string, share: number): string {
  const bytes = new TextEncoder().encode(body);
  return new TextDecoder().decode(bytes.subarray(0, Math.floor(bytes.length * share)));
}
