import path from "node:path";
import { ROOT } from "../../../scripts/dev-vars.ts";
import { bundle } from "../bundle.ts";
import { openFolder } from "../folder.ts";
import { createDatabase, startWorkerd } from "../history/workerd.ts";
import type { Plan } from "./plan.ts";
import { startReceivers } from "./receivers.ts";
import { isSound, reportOf } from "./report.ts";
import { Service } from "./service.ts";
import { soak } from "./soak.ts";

/**
 * Runs the built Worker with its queues and its D1, first with healthy receivers and then with those of all behaviours.
 */
export async function benchSoak(plan: Plan): Promise<void> {
  using folder = await openFolder();
  const vars = {
    JWT_SECRET: crypto.randomUUID(),
    INTERNAL_TOKEN: crypto.randomUUID(),
    ALLOW_LOCAL_DESTINATIONS: "true",
    DELIVERY_TIMEOUT_SECONDS: `${plan.timeoutSeconds}`,
    RETRY_SCHEDULE: plan.retrySchedule,
  };
  const site = { folder: folder.path, vars };
  const built = await bundle(folder.path, path.join(ROOT, "src", "index.ts"));
  await createDatabase(built, site, "soak");
  const troubles = new Map<string, number>();
  const onLog = (line: string) => {
    const trouble = /"event":"(\w+_failed)"/.exec(line)?.[1];
    if (trouble !== undefined) troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1);
  };
  await using workerd = await startWorkerd(
    built,
    site,
    { DB: "soak" },
    { consumesQueues: true, onLog, hasInspector: true },
  );
  using receivers = await startReceivers(plan.receiverSecondMs);
  const findings = await soak({ plan, workerd, service: new Service(workerd, vars), receivers });
  console.log(`\n${reportOf(plan, findings, troubles)}`);
  if (!isSound(findings)) process.exitCode = 1;
}
