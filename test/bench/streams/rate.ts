import type { Receiver } from "../deliveries/receiver.ts";
import type { Figure } from "../figures.ts";
import { median, medianRatio } from "../median.ts";
import { Ledger } from "./ledger.ts";
import { BATCH, RUN, type Answers, type Job } from "./plan.ts";

/** Asks the bench Worker. */
export type Ask = <Kind extends Job["do"]>(job: Extract<Job, { do: Kind }>) => Promise<Answers[Kind]>;

interface Bench {
  ask: Ask;
  receiver: Receiver;
  id: string;
}

const SUBJECTS = ["stream", "nothing", "rows", "text", "stored"] as const;
type Subject = (typeof SUBJECTS)[number];

/** Receivers on a loopback address respond at once. Others take about as long as this, in milliseconds. */
const DELAYS = [10, 50];

/** Measures events a second of a stream, and of a plain loop that sends the same requests, in turn. */
export async function measureRate(bench: Bench, seconds: number): Promise<Figure[]> {
  await send(bench, { after: 0, remembers: true });
  const { rates, arrived, expected } = await measureInTurn(bench, SUBJECTS, Date.now() + 600 * seconds);
  const slow: Figure[] = [];
  for (const delayMs of DELAYS) slow.push(await measureWithDelay(bench, delayMs, 0.2 * seconds));
  const beside = (name: string, floor: number[]): Figure => ({
    name,
    measured: perSecond(rates.stream),
    floor: perSecond(floor),
    ratio: medianRatio(rates.stream, floor),
  });
  return [
    { ...beside(`stream, and plain requests (floor), ${rates.nothing.length} rounds`, rates.nothing), aim: "≥ 0.8" },
    beside("  and plain requests, each beside a plain query for the next events (floor)", rates.rows),
    beside("  and plain requests, each beside a query that joins the next events to one text (floor)", rates.text),
    beside("  and the same, and one row is stored after each request (floor)", rates.stored),
    {
      name: "events that arrived, in order",
      measured: `${arrived} of ${expected}`,
      aim: "all",
      isMet: arrived === expected,
    },
    ...slow,
  ];
}

async function measureWithDelay(bench: Bench, delayMs: number, seconds: number): Promise<Figure> {
  bench.receiver.delayMs = delayMs;
  const { rates } = await measureInTurn(bench, ["stream", "nothing"], Date.now() + 1000 * seconds);
  bench.receiver.delayMs = 0;
  return {
    name: `stream, and plain requests (floor), to a receiver that responds after ${delayMs} ms`,
    measured: perSecond(rates.stream),
    floor: perSecond(rates.nothing),
    ratio: medianRatio(rates.stream, rates.nothing),
  };
}

async function measureInTurn(bench: Bench, subjects: readonly Subject[], until: number) {
  const rates: Record<Subject, number[]> = { stream: [], nothing: [], rows: [], text: [], stored: [] };
  let [arrived, expected] = [0, 0];
  for (const subject of subjects) await measureOne(bench, subject); // a warm-up
  do {
    for (const subject of subjects) {
      const { milliseconds, events } = await measureOne(bench, subject);
      rates[subject].push((1000 * RUN) / milliseconds);
      arrived += events;
      expected += RUN;
    }
  } while (Date.now() < until);
  return { rates, arrived, expected };
}

async function measureOne(bench: Bench, subject: Subject): Promise<{ milliseconds: number; events: number }> {
  if (subject === "stream") {
    const { measured, ledger } = await send(bench, { after: 0, remembers: false });
    return { milliseconds: measured.milliseconds, events: inOrder(ledger) };
  }
  const ledger = new Ledger(bench.receiver);
  const { milliseconds } = await bench.ask<"post">({ do: "post", meanwhile: subject });
  return { milliseconds, events: inOrder(ledger) };
}

/** Counts what a batch costs on D1, if it is alone, and if it follows another one. */
export async function measureCost(bench: Bench): Promise<Figure[]> {
  const { measured: one } = await send(bench, { after: RUN - BATCH, remembers: false });
  const { measured: all, ledger } = await send(bench, { after: 0, remembers: false });
  const following = ledger.batches - 1;
  const each = (of: (measured: Answers["send"]) => number) => (of(all) - of(one)) / following;
  return [
    atMost("D1 round trips of a batch of 1,000", one.roundTrips - one.dueQueries, 3),
    atMost(
      "  of each batch after it",
      each(({ roundTrips }) => roundTrips),
      3,
    ),
    { name: "  of a run, to read which streams are due", measured: `${one.dueQueries}` },
    atMost("rows written of a batch of 1,000", one.rowsWritten, 4),
    atMost(
      "  of each batch after it",
      each(({ rowsWritten }) => rowsWritten),
      4,
    ),
    { name: "rows read per event", measured: (all.rowsRead / RUN).toFixed(2) },
  ];
}

async function send({ ask, receiver, id }: Bench, { after, remembers }: { after: number; remembers: boolean }) {
  const ledger = new Ledger(receiver, after);
  const measured = await ask<"send">({ do: "send", id, after, remembers });
  if (ledger.newest !== RUN) throw new Error(`the stream came to event ${ledger.newest}, not to ${RUN}`);
  return { measured, ledger };
}

function inOrder({ events, misplaced }: Ledger): number {
  return events - misplaced;
}

function atMost(name: string, count: number, max: number): Figure {
  return { name, measured: `${count}`, aim: `≤ ${max}`, isMet: count <= max };
}

function perSecond(rates: number[]): string {
  return `${Math.round(median(rates))} per second`;
}
