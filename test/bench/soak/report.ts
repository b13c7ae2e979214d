import { areMet, formatFigures, type Figure } from "../figures.ts";
import { quantile } from "../median.ts";
import { formatTable } from "../table.ts";
import { sumOf, type Account } from "./account.ts";
import { memoryFigures } from "./memory-figures.ts";
import { BEHAVIOURS, type Plan } from "./plan.ts";
import type { Recorded } from "./producer.ts";
import type { Findings } from "./soak.ts";

/** True if everything arrived in the end, D1 agrees, and the Worker's memory did not grow, at any speed. */
export function isSound(findings: Findings): boolean {
  return areMet([...memoryFigures(findings.memory), ...lossFigures(findings)]);
}

export function reportOf(plan: Plan, findings: Findings, troubles: Map<string, number>): string {
  const { accounts, together } = findings;
  const count = (number: number) => number.toLocaleString("en");
  return [
    `${plan.projects} projects, ${accounts.length} subscriptions, ${count(together.size)} events at ${plan.eventsPerSecond} per second, a timeout of ${plan.timeoutSeconds} s:`,
    formatFigures([...latencyFigures(findings), ...memoryFigures(findings.memory), ...lossFigures(findings)]),
    behavioursTable(findings),
    ...(keepsUp(findings)
      ? []
      : [
          "The machine is too slow for the healthy receivers alone, so the latencies mean nothing. Use a lower --rate.",
        ]),
    `Failures that the service logged: ${[...troubles].map(([name, times]) => `${name} ${times}`).join(", ") || "none"}.`,
  ].join("\n\n");
}

function latencyFigures({ accounts, alone, together }: Findings): Figure[] {
  const healthy = healthyOf(accounts);
  const [among, by] = [latencies(healthy, together), latencies(healthy, alone)];
  return [0.5, 0.95, 0.99].map((share) => {
    const [measured, floor] = [quantile(among, share), quantile(by, share)];
    return {
      name: `p${100 * share} from recording to a healthy receiver, and without others (floor)`,
      measured: `${Math.round(measured)} ms`,
      floor: `${Math.round(floor)} ms`,
      ratio: measured / floor,
      ...(share === 0.95 && { aim: "≤ 1.5" }),
    };
  });
}

/** Longer than the second in which the queue collects a batch. */
const MAX_LATENCY_MS = 2_000;

function keepsUp({ accounts, alone }: Findings): boolean {
  return quantile(latencies(healthyOf(accounts), alone), 0.95) <= MAX_LATENCY_MS;
}

function healthyOf(accounts: Account[]): Account[] {
  return accounts.filter(({ subscriber }) => subscriber.behaviour === "healthy");
}

/** Returns the milliseconds of each delivery, or Infinity if it did not arrive. */
function latencies(accounts: Account[], recorded: Recorded): number[] {
  return accounts.flatMap(({ inbox, expected }) =>
    expected.flatMap((event) => {
      const recordedAt = recorded.get(event);
      return recordedAt === undefined ? [] : [Math.max(0, (inbox.arrivedAt.get(event) ?? Infinity) - recordedAt)];
    }),
  );
}

function lossFigures({ accounts, missing, losses, cureSeconds }: Findings): Figure[] {
  const expected = sumOf(accounts, (account) => account.expected.length);
  const none = (name: string, lost: number) => ({ name, measured: `${lost}`, aim: "0", isMet: lost === 0 });
  return [
    none(`of ${expected} deliveries, not accepted ${Math.round(cureSeconds)} s after the cure`, missing),
    none("  without a delivery in D1", losses.unrecorded),
    none("  delivered by D1, but not accepted", losses.unaccepted),
    none("  accepted, but not delivered by D1", losses.unsettled),
  ];
}

/** For each behaviour, also shows the latency of the healthy receivers in the same projects. */
function behavioursTable({ accounts, before, together }: Findings): string {
  const lines = ["healthy" as const, ...BEHAVIOURS].map((behaviour) => {
    const own = accounts.filter(({ subscriber }) => subscriber.behaviour === behaviour);
    const projects = new Set(own.map(({ subscriber }) => subscriber.project));
    const neighbours = healthyOf(accounts).filter(({ subscriber }) => projects.has(subscriber.project));
    const count = (of: (account: Account) => number) => `${sumOf(own, of)}`;
    return [
      behaviour,
      `${own.length}`,
      count(({ expected }) => expected.length),
      count((account) => before.posts.get(account) ?? 0),
      count((account) => before.accepted.get(account) ?? 0),
      count(({ inbox }) => inbox.accepted.size),
      `${Math.round(quantile(latencies(neighbours, together), 0.95))} ms`,
    ];
  });
  return formatTable([
    [
      "receivers",
      "",
      "deliveries",
      "requests before the cure",
      "accepted before the cure",
      "accepted in the end",
      "p95 of healthy ones in its projects",
    ],
    ...lines,
  ]);
}
