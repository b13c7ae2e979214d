import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { bundle } from "../bundle.ts";
import { workerds } from "../deliveries/memory.ts";
import { openFolder } from "../folder.ts";
import { createDatabase, startWorkerd } from "../history/workerd.ts";

/** A bench Worker of one of the two work trees. */
export interface Side<Job> extends AsyncDisposable {
  ask<Answer>(job: Job): Promise<Answer>;
  /** The processor time that its workerd has used, in milliseconds. */
  cpu(): Promise<number>;
}

export async function startSide<Job extends object>(root: string, worker: string): Promise<Side<Job>> {
  const folder = await openFolder();
  const vars = {
    JWT_SECRET: crypto.randomUUID(),
    INTERNAL_TOKEN: crypto.randomUUID(),
    ALLOW_LOCAL_DESTINATIONS: "true",
  };
  const site = { folder: folder.path, vars, root };
  const built = await bundle(folder.path, path.join(root, "test", "bench", worker), root);
  await createDatabase(built, site, "side");
  const before = new Set(await workerds());
  const workerd = await startWorkerd(built, site, { DB: "side" });
  const own = (await workerds()).filter((pid) => !before.has(pid));
  return {
    async ask<Answer>(job: Job): Promise<Answer> {
      const response = await fetch(workerd.url, { method: "POST", body: JSON.stringify(job) });
      if (!response.ok) throw new Error(`${JSON.stringify(job)} failed: ${await response.text()}`);
      return (await response.json()) as Answer; // each job has its own type of answer
    },
    cpu: async () => (await Promise.all(own.map(readCpuTime))).reduce((sum, one) => sum + one, 0),
    async [Symbol.asyncDispose]() {
      await workerd[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Adds up the first field of each thread's schedstat (Linux, "Scheduler Statistics"): nanoseconds on a processor. */
async function readCpuTime(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const schedstat = await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(() => "0"); // it may have ended
    return Number(schedstat.split(" ")[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((sum, one) => sum + one, 0);
}
