import { readdir, readFile } from "node:fs/promises";

/** Bytes that this process's workerds have in memory; undefined where there is no Linux /proc to tell. */
export async function workerdMemory(): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  const children = await childrenOf(process.pid);
  const sizes = await Promise.all(children.map(memoryOfWorkerd));
  return sizes.reduce((sum, size) => sum + size, 0);
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

/** 0 for another program. */
async function memoryOfWorkerd(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  if (!/^Name:\s+workerd$/m.test(status)) return 0;
  return 1024 * Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]);
}
