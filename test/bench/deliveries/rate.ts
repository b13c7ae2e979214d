import { median, medianRatio } from "../median.ts";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { BATCH, EVENTS_A_BATCH, SUBSCRIPTIONS, type Prepared } from "./plan.ts";
import type { Measurement } from "../measure.ts";

const PROJECT = "rate";
/** Has no subscriptions. */
const NOBODY = "nobody";
const BATCHES_A_SLICE = 3;
const SLICE = BATCHES_A_SLICE * BATCH;

/** Deliveries per second of the service's consumer, and posts per second of a bare loop, in turn until the time is up. */
export async function measureRate(bench: Bench, until: number): Promise<Figure[]> {
  const { runtime } = bench;
  await runtime.ask({ do: "subscribe", database: "DB", project: PROJECT, urls: urlsAt(bench, PROJECT, SUBSCRIPTIONS) });
  await runtime.ask({ do: "listen", deliveryIds: (await prepareBatches(bench, 1)).deliveryIds });
  const rates = { bare: [] as number[], quiet: [] as number[], logged: [] as number[] };
  await measureRound(bench); // to warm up
  do {
    const round = await measureRound(bench);
    rates.bare.push(round.bare);
    rates.quiet.push(round.quiet);
    rates.logged.push(round.logged);
  } while (Date.now() < until);
  const against = (ofThis: number[]) => ({
    measured: perSecond(ofThis),
    floor: perSecond(rates.bare),
    ratio: medianRatio(ofThis, rates.bare),
  });
  return [
    { name: `consumer against bare fetches, ${rates.bare.length} rounds`, ...against(rates.quiet), aim: "≥ 0.7" },
    { name: "the same, its log lines written", ...against(rates.logged) },
  ];
}

/** What one batch of 100 costs on D1, beside what recording its deliveries has written. */
export async function measureCost(bench: Bench): Promise<Figure[]> {
  const { runtime } = bench;
  await prepareFor(bench, NOBODY); // its feeds are there now, as PROJECT's are
  const told = await prepareBatches(bench, 1);
  const untold = await prepareFor(bench, NOBODY);
  const { roundTrips, rowsRead, rowsWritten } = await runtime.ask<Measurement>({
    do: "consume",
    deliveryIds: told.deliveryIds,
    writesLog: false,
  });
  const [inserted, consumed] = [(told.rowsWritten - untold.rowsWritten) / BATCH, rowsWritten / BATCH];
  return [
    { name: "D1 round trips of a batch of 100", measured: `${roundTrips}`, aim: "≤ 3", isHeld: roundTrips <= 3 },
    {
      name: "rows written a delivery",
      measured: (inserted + consumed).toFixed(1),
    },
    { name: "  of which when it is recorded", measured: inserted.toFixed(1) },
    { name: "rows read a delivery by its consumer", measured: (rowsRead / BATCH).toFixed(1) },
  ];
}

async function measureRound(bench: Bench): Promise<{ bare: number; quiet: number; logged: number }> {
  const consume = async (writesLog: boolean) => {
    const { deliveryIds } = await prepareBatches(bench, BATCHES_A_SLICE);
    return bench.runtime.ask<Measurement>({ do: "consume", deliveryIds, writesLog });
  };
  const rateOf = ({ milliseconds }: Pick<Measurement, "milliseconds">) => (1000 * SLICE) / milliseconds;
  return {
    quiet: rateOf(await consume(false)),
    bare: rateOf(await bench.runtime.ask<Measurement>({ do: "post", requests: SLICE })),
    logged: rateOf(await consume(true)),
  };
}

function prepareBatches(bench: Bench, batches: number): Promise<Prepared> {
  return prepareFor(bench, PROJECT, batches);
}

function prepareFor({ runtime }: Bench, project: string, batches = 1): Promise<Prepared> {
  return runtime.ask({ do: "prepare", database: "DB", project, events: batches * EVENTS_A_BATCH });
}

function perSecond(rates: number[]): string {
  return `${Math.round(median(rates))} a second`;
}
