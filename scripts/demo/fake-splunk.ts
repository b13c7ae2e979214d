import * as z from "zod";
import { listen, type Listener } from "../../test/kit/listener.ts";

export const SPLUNK_TOKEN = "4fd1c4cd-2f9e-4bd2-9d3f-6a2b1c0de5a7";

/** Checks the entries of a batch as Splunk's HTTP Event Collector does. */
const Entry = z.object({ time: z.number(), event: z.looseObject({ id: z.string(), timestamp: z.string() }) });
type Entry = z.infer<typeof Entry>;

/** Responds as Splunk's HTTP Event Collector does, and keeps the entries. */
export interface FakeSplunk extends Listener {
  url: string;
  /** The accepted entries, in the order of arrival. */
  entries: Entry[];
  batches: number;
  /** The body of the request that got a 503. */
  refused: string | undefined;
  /** True if the body that got a 503 was the next to arrive. */
  isRepeated: boolean;
  faults: string[];
}

/** The first request gets a 503. */
export async function startFakeSplunk(): Promise<FakeSplunk> {
  const listener = await listen((_name, headers, body) => {
    if (headers["authorization"] !== `Splunk ${SPLUNK_TOKEN}`) {
      splunk.faults.push("Splunk received a request without its token.");
      return { status: 401, text: '{"text":"Invalid token","code":4}' };
    }
    if (splunk.refused === undefined) {
      splunk.refused = body;
      return { status: 503, text: '{"text":"Server is busy","code":9}' };
    }
    if (splunk.batches === 0) splunk.isRepeated = body === splunk.refused;
    const parsed = z.array(Entry).safeParse(parseLines(body));
    if (!parsed.success) {
      splunk.faults.push(`Splunk received a batch that it cannot read: ${parsed.error.message}`);
      return { status: 400, text: '{"text":"Invalid data format","code":6}' };
    }
    splunk.entries.push(...parsed.data);
    splunk.batches += 1;
    return { status: 200, text: '{"text":"Success","code":0}' };
  });
  const splunk: FakeSplunk = {
    ...listener,
    url: listener.urlFor("services/collector/event").replaceAll("%2F", "/"),
    entries: [],
    batches: 0,
    refused: undefined,
    isRepeated: false,
    faults: [],
  };
  return splunk;
}

/** A line break inside a JSON text is always escaped. Undefined if a line is not JSON. */
function parseLines(body: string): unknown[] | undefined {
  try {
    return body
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  } catch {
    return undefined;
  }
}
