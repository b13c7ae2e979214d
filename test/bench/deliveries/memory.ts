import { readdir, readFile } from "node:fs/promises";

/** Bytes that this process's workerds have in memory; undefined where there is no Linux /proc to tell. */
export async function workerdMemory(): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  const sizes = await Promise.all((await workerds()).map(memoryOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The IDs of this process's workerds, on Linux. */
export async function workerds(): Promise<number[]> {
  const children = await childrenOf(process.pid);
  const names = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
  return children.filter((_, index) => names[index]?.trim() === "workerd");
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8")));
  const direct = lists.flatMap((list) =>
    list
      .split(" ")
      .filter((text) => text !== "")
      .map(Number),
  );
  return [...direct, ...(await Promise.all(direct.map(childrenOf))).flat()];
}

async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return 1024 * Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]);
}
