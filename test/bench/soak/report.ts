import { figuresTable, type Figure } from "../figures.ts";
import { median, quantile } from "../median.ts";
import { tableOf } from "../table.ts";
import { sumOf, type Account } from "./account.ts";
import { TEMPERS, type Plan } from "./plan.ts";
import type { Recorded } from "./producer.ts";
import type { Findings } from "./soak.ts";

/** Whatever the pace, everything arrives in the end, and D1 says so. */
export function isNothingLost({ missing, losses }: Findings): boolean {
  return [missing, ...Object.values(losses)].every((count) => count === 0);
}

export function reportOf(plan: Plan, findings: Findings, troubles: Map<string, number>): string {
  const { accounts, together } = findings;
  const count = (number: number) => number.toLocaleString("en");
  return [
    `${plan.projects} projects, ${accounts.length} subscriptions, ${count(together.size)} events at ${plan.eventsASecond} a second, a timeout of ${plan.timeoutSeconds} s:`,
    figuresTable([...latencyFigures(findings), ...memoryFigures(findings), ...lossFigures(findings)]),
    tempersTable(findings),
    ...(keepsUp(findings)
      ? []
      : ["The machine does not keep up with the healthy receivers alone: their latencies say nothing. See --rate."]),
    `Failures that the service logged: ${[...troubles].map(([name, times]) => `${name} ${times}`).join(", ") || "none"}.`,
  ].join("\n\n");
}

function latencyFigures({ accounts, alone, together }: Findings): Figure[] {
  const healthy = healthyOf(accounts);
  const [among, by] = [latencies(healthy, together), latencies(healthy, alone)];
  return [0.5, 0.95, 0.99].map((share) => {
    const [measured, floor] = [quantile(among, share), quantile(by, share)];
    return {
      name: `p${100 * share} from recording to a healthy receiver, to alone`,
      measured: `${Math.round(measured)} ms`,
      floor: `${Math.round(floor)} ms`,
      ratio: measured / floor,
      ...(share === 0.95 && { aim: "≤ 1.5" }),
    };
  });
}

/** The queue gathers a batch for a second. */
const KEPT_UP_MS = 2_000;

function keepsUp({ accounts, alone }: Findings): boolean {
  return quantile(latencies(healthyOf(accounts), alone), 0.95) <= KEPT_UP_MS;
}

function healthyOf(accounts: Account[]): Account[] {
  return accounts.filter(({ subscriber }) => subscriber.temper === "healthy");
}

/** Milliseconds, endless where one never arrived. */
function latencies(accounts: Account[], recorded: Recorded): number[] {
  return accounts.flatMap(({ inbox, expected }) =>
    expected.flatMap((event) => {
      const recordedAt = recorded.get(event);
      return recordedAt === undefined ? [] : [Math.max(0, (inbox.arrivedAt.get(event) ?? Infinity) - recordedAt)];
    }),
  );
}

function memoryFigures({ memory }: Findings): Figure[] {
  if (memory.length === 0) return [];
  const fifth = Math.ceil(memory.length / 5);
  const [early, late] = [median(memory.slice(fifth, 2 * fifth)), median(memory.slice(-fifth))];
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
  return [
    {
      name: "memory of workerd in the last fifth, to the second",
      measured: megabytes(late),
      floor: megabytes(early),
      ratio: late / early,
      aim: "flat",
    },
  ];
}

function lossFigures({ accounts, missing, losses, cureSeconds }: Findings): Figure[] {
  const expected = sumOf(accounts, (account) => account.expected.length);
  const none = (name: string, lost: number) => ({ name, measured: `${lost}`, aim: "0", isHeld: lost === 0 });
  return [
    none(
      `of ${expected} deliveries, not taken by receivers that are all well for ${Math.round(cureSeconds)} s`,
      missing,
    ),
    none("  not in D1", losses.unrecorded),
    none("  delivered, as D1 has it, but never taken", losses.untaken),
    none("  taken, but not delivered as D1 has it", losses.unsettled),
  ];
}

/** Beside each temper, how the healthy receivers fare in the projects that it is in. */
function tempersTable({ accounts, before, together }: Findings): string {
  const lines = ["healthy" as const, ...TEMPERS].map((temper) => {
    const own = accounts.filter(({ subscriber }) => subscriber.temper === temper);
    const projects = new Set(own.map(({ subscriber }) => subscriber.project));
    const neighbours = healthyOf(accounts).filter(({ subscriber }) => projects.has(subscriber.project));
    const count = (of: (account: Account) => number) => `${sumOf(own, of)}`;
    return [
      temper,
      `${own.length}`,
      count(({ expected }) => expected.length),
      count((account) => before.posts.get(account) ?? 0),
      count((account) => before.taken.get(account) ?? 0),
      count(({ inbox }) => inbox.taken.size),
      `${Math.round(quantile(latencies(neighbours, together), 0.95))} ms`,
    ];
  });
  return tableOf([
    [
      "receivers",
      "",
      "deliveries",
      "posts before the cure",
      "taken before the cure",
      "taken in the end",
      "p95 of healthy ones beside it",
    ],
    ...lines,
  ]);
}
