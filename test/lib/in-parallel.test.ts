import { expect, it } from "vitest";
import { inParallel } from "../../src/lib/in-parallel.ts";

/** Makes work whose items end when the test ends them. */
function work() {
  const begun: number[] = [];
  const ends = new Map<number, ReturnType<typeof Promise.withResolvers<string>>>();
  const begin = (item: number) => {
    begun.push(item);
    const own = Promise.withResolvers<string>();
    ends.set(item, own);
    return own.promise;
  };
  return {
    begun,
    begin,
    end: async (item: number) => {
      ends.get(item)?.resolve(`result ${item}`);
      await scheduler.wait(0);
    },
    fail: async (item: number) => {
      ends.get(item)?.reject(new Error(`item ${item} failed`));
      await scheduler.wait(0);
    },
  };
}

it("works on so many items at a time, and keeps the order of the results", async () => {
  const { begun, begin, end } = work();
  const results = inParallel([1, 2, 3, 4], 2, begin);
  expect(begun).toEqual([1, 2]);
  await end(2);
  expect(begun).toEqual([1, 2, 3]);
  await end(3);
  await end(4);
  await end(1);
  expect(await results).toEqual(["result 1", "result 2", "result 3", "result 4"]);
});

it("begins nothing more once a piece of work has failed", async () => {
  const { begun, begin, end, fail } = work();
  const results = expect(inParallel([1, 2, 3, 4], 2, begin)).rejects.toThrow("item 2 failed");
  await fail(2);
  await end(1);
  await results;
  expect(begun).toEqual([1, 2]);
});

it("has nothing to do without items", async () => {
  expect(await inParallel([], 2, work().begin)).toEqual([]);
});
