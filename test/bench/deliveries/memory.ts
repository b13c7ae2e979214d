import { readdir, readFile } from "node:fs/promises";

/**
 * The memory in bytes of the workerd processes that this process has started, or undefined if there is no Linux /proc.
 */
export async function workerdMemory(): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  const sizes = await Promise.all((await workerds()).map(readMemory));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The process IDs of the workerd processes that this process has started. Needs Linux. */
export async function workerds(): Promise<number[]> {
  const children = await findDescendants(process.pid);
  const names = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
  return children.filter((_, index) => names[index]?.trim() === "workerd");
}

async function findDescendants(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []); // the process may have ended
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  );
  const direct = lists.flatMap((list) =>
    list
      .split(" ")
      .filter((text) => text !== "")
      .map(Number),
  );
  return [...direct, ...(await Promise.all(direct.map(findDescendants))).flat()];
}

async function readMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return 1024 * Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]);
}
