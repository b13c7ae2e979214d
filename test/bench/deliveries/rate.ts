import { median, medianRatio } from "../median.ts";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { BATCH, EVENTS_PER_BATCH, SUBSCRIPTIONS, type Prepared } from "./plan.ts";
import type { Measurement } from "../measure.ts";

const PROJECT = "rate";
/** A project without subscriptions. */
const UNSUBSCRIBED = "nobody";
const BATCHES_PER_SLICE = 3;
const SLICE = BATCHES_PER_SLICE * BATCH;

/** Measures deliveries per second of the service's consumer, and requests per second of a plain loop, in turn. */
export async function measureRate(bench: Bench, until: number): Promise<Figure[]> {
  const { runtime } = bench;
  await runtime.ask({ do: "subscribe", database: "DB", project: PROJECT, urls: urlsAt(bench, PROJECT, SUBSCRIPTIONS) });
  await runtime.ask({ do: "listen", deliveryIds: (await prepareBatches(bench, 1)).deliveryIds });
  const rates = { bare: [] as number[], quiet: [] as number[], logged: [] as number[] };
  await measureRound(bench); // a warm-up
  do {
    const round = await measureRound(bench);
    rates.bare.push(round.bare);
    rates.quiet.push(round.quiet);
    rates.logged.push(round.logged);
  } while (Date.now() < until);
  const compared = (measured: number[]) => ({
    measured: perSecond(measured),
    floor: perSecond(rates.bare),
    ratio: medianRatio(measured, rates.bare),
  });
  return [
    {
      name: `consumer, and plain requests (floor), ${rates.bare.length} rounds`,
      ...compared(rates.quiet),
      aim: "≥ 0.7",
    },
    { name: "the same, with log lines", ...compared(rates.logged) },
  ];
}

/** Measures what one batch of 100 deliveries costs on D1, for the consumer and when the deliveries were recorded. */
export async function measureCost(bench: Bench): Promise<Figure[]> {
  const { runtime } = bench;
  await prepareFor(bench, UNSUBSCRIBED); // so that its feeds exist, like those of PROJECT
  const subscribed = await prepareBatches(bench, 1);
  const unsubscribed = await prepareFor(bench, UNSUBSCRIBED);
  const { roundTrips, rowsRead, rowsWritten } = await runtime.ask<Measurement>({
    do: "consume",
    deliveryIds: subscribed.deliveryIds,
    writesLog: false,
  });
  const [inserted, consumed] = [(subscribed.rowsWritten - unsubscribed.rowsWritten) / BATCH, rowsWritten / BATCH];
  return [
    { name: "D1 round trips of a batch of 100", measured: `${roundTrips}`, aim: "≤ 3", isMet: roundTrips <= 3 },
    {
      name: "rows written per delivery",
      measured: (inserted + consumed).toFixed(1),
    },
    { name: "  when the delivery is recorded", measured: inserted.toFixed(1) },
    { name: "rows read per delivery by the consumer", measured: (rowsRead / BATCH).toFixed(1) },
  ];
}

async function measureRound(bench: Bench): Promise<{ bare: number; quiet: number; logged: number }> {
  const consume = async (writesLog: boolean) => {
    const { deliveryIds } = await prepareBatches(bench, BATCHES_PER_SLICE);
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
  return runtime.ask({ do: "prepare", database: "DB", project, events: batches * EVENTS_PER_BATCH });
}

function perSecond(rates: number[]): string {
  return `${Math.round(median(rates))} per second`;
}
