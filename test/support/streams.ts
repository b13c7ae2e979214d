import Papa from "papaparse";

/** Returns the whole body. With `text()`, the runtime warns if the media type does not begin with `text`. */
export async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}

/** What a client got from a body: the fields of all whole events, and the ID to continue from. */
export interface Received {
  events: Record<string, unknown>[];
  /** Undefined if no whole event has arrived. */
  last: string | undefined;
}

type Fields = Record<string, unknown> & { id: string };

/** Reads a body of newline-delimited JSON that may be cut off anywhere. */
export function linesIn(body: string): Received {
  const whole = body.split("\n").slice(0, -1);
  return received(whole.map((line): Fields => JSON.parse(line)));
}

/** Reads such a body of CSV with a parser that shares no code with the writer. */
export function recordsIn(body: string): Received {
  const { data, errors } = Papa.parse<string[]>(body, { delimiter: ",", newline: "\r\n" });
  const isOpen = errors.some(({ code }) => code === "MissingQuotes");
  const whole = isOpen || !body.endsWith("\r\n") ? data.slice(0, -1) : data.filter((cells) => cells.length > 1);
  const [names = [], ...records] = whole;
  return received(
    records.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])) as Fields),
  );
}

/** Reads such a body of server-sent events like an EventSource (WHATWG HTML, "Interpreting an event stream"). */
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

/** The first `share` of the bytes of a body, decoded as by a client whose connection ended there. */
export function cutOff(body: string, share: number): string {
  const bytes = new TextEncoder().encode(body);
  return new TextDecoder().decode(bytes.subarray(0, Math.floor(bytes.length * share)));
}
