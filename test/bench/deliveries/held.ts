import { median } from "../median.ts";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { BATCH, type Job, type Prepared } from "./plan.ts";
import type { Measurement } from "../measure.ts";

const PROJECT = "held";
const DUE = 300;
const ROUNDS = 9;
/** A few rows more are found on the way down a larger index. */
const MORE_ROWS = 1.01;

type CrowdName = "CALM" | "CROWDED";
interface Crowd {
  database: CrowdName;
  deliveryIds: number[];
}

/** The same work in two databases in turn: in one of them, the same subscription holds many more deliveries. */
export async function measureHeld(bench: Bench): Promise<Figure[]> {
  const calm = await prepareCrowd(bench, "CALM", 0);
  const crowded = await prepareCrowd(bench, "CROWDED", bench.scale.held);
  const compare = async (name: string, jobOf: (crowd: Crowd) => Job) => {
    const rounds: Record<CrowdName, Measurement[]> = { CALM: [], CROWDED: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const crowd of round % 2 === 0 ? [calm, crowded] : [crowded, calm]) {
        await bench.runtime.ask({ do: "reset", database: crowd.database });
        rounds[crowd.database].push(await bench.runtime.ask<Measurement>(jobOf(crowd)));
      }
    }
    return figuresOf(name, rounds.CALM, rounds.CROWDED);
  };
  const attempt = (status: number) => (crowd: Crowd) =>
    ({ do: "attempt", database: crowd.database, deliveryIds: crowd.deliveryIds.slice(0, BATCH), status }) as const;
  return [
    ...(await compare(`sweep of ${DUE} that are due`, ({ database }) => ({ do: "sweep", database }))),
    ...(await compare("batch of 100 that arrive", attempt(200))),
    ...(await compare("batch of 100 that opens the breaker", attempt(500))),
  ];
}

async function prepareCrowd(bench: Bench, database: CrowdName, held: number): Promise<Crowd> {
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
      aim: "as without",
      ...(isCounted && { isHeld: ofCrowded <= MORE_ROWS * ofCalm }),
    };
  };
  return [
    figure("time", " ms", ({ milliseconds }) => milliseconds, false),
    figure("rows read", "", ({ rowsRead }) => rowsRead, true),
    figure("rows written", "", ({ rowsWritten }) => rowsWritten, true),
  ];
}
