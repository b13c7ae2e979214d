import { median } from "../median.ts";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { BATCH, type Job, type Prepared } from "./plan.ts";
import type { Measurement } from "../measure.ts";

const PROJECT = "held";
const DUE = 300;
const ROUNDS = 9;
/** A larger index has more levels, so a search in it reads a few more rows. */
const TOLERANCE = 1.01;

type Database = "CALM" | "CROWDED";
interface PreparedDatabase {
  database: Database;
  deliveryIds: number[];
}

/** Does the same work in two databases in turn. In one of them, the subscription has many more held deliveries. */
export async function measureHeld(bench: Bench): Promise<Figure[]> {
  const calm = await prepareDatabase(bench, "CALM", 0);
  const crowded = await prepareDatabase(bench, "CROWDED", bench.scale.held);
  const compare = async (name: string, jobFor: (prepared: PreparedDatabase) => Job) => {
    const rounds: Record<Database, Measurement[]> = { CALM: [], CROWDED: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const prepared of round % 2 === 0 ? [calm, crowded] : [crowded, calm]) {
        await bench.runtime.ask({ do: "reset", database: prepared.database });
        rounds[prepared.database].push(await bench.runtime.ask<Measurement>(jobFor(prepared)));
      }
    }
    return figuresOf(name, rounds.CALM, rounds.CROWDED);
  };
  const attempt =
    (status: number) =>
    ({ database, deliveryIds }: PreparedDatabase) =>
      ({ do: "attempt", database, deliveryIds: deliveryIds.slice(0, BATCH), status }) as const;
  return [
    ...(await compare(`sweep of ${DUE} that are due`, ({ database }) => ({ do: "sweep", database }))),
    ...(await compare("batch of 100 that arrive", attempt(200))),
    ...(await compare("batch of 100 that opens the breaker", attempt(500))),
  ];
}

async function prepareDatabase(bench: Bench, database: Database, held: number): Promise<PreparedDatabase> {
  const { runtime } = bench;
  const urls = urlsAt(bench, PROJECT, 1);
  const [subscriptionId = NaN] = await runtime.ask<number[]>({ do: "subscribe", database, project: PROJECT, urls });
  const { deliveryIds } = await runtime.ask<Prepared>({ do: "prepare", database, project: PROJECT, events: DUE });
  if (held > 0) await runtime.ask({ do: "hold", database, subscriptionId, count: held });
  return { database, deliveryIds };
}

function figuresOf(name: string, calm: Measurement[], crowded: Measurement[]): Figure[] {
  const figure = (what: string, unit: string, of: (measurement: Measurement) => number, isCounted: boolean): Figure => {
    const [ofCrowded, ofCalm] = [median(crowded.map(of)), median(calm.map(of))];
    return {
      name: `${name}: ${what}`,
      measured: `${Math.round(ofCrowded)}${unit}`,
      floor: `${Math.round(ofCalm)}${unit}`,
      ratio: ofCrowded / ofCalm,
      aim: "the floor",
      ...(isCounted && { isMet: ofCrowded <= TOLERANCE * ofCalm }),
    };
  };
  return [
    figure("time", " ms", ({ milliseconds }) => milliseconds, false),
    figure("rows read", "", ({ rowsRead }) => rowsRead, true),
    figure("rows written", "", ({ rowsWritten }) => rowsWritten, true),
  ];
}
