import { expect, it } from "vitest";
import { ByteBudget } from "../../src/lib/byte-budget.ts";

/** Tasks that begin when their bytes fit, and end when the test says so. */
function tasks(maxBytes: number) {
  const budget = new ByteBudget(maxBytes);
  const begun: string[] = [];
  const add = (name: string, bytes: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const done = budget.use(bytes, () => {
      begun.push(name);
      return promise;
    });
    return { done, end: () => resolve(name), fail: () => reject(new Error(name)) };
  };
  return { add, begun };
}

it("begins tasks in order, as long as their bytes fit", async () => {
  const { add, begun } = tasks(10);
  const [first, second, third] = [add("first", 6), add("second", 5), add("third", 1)];
  await Promise.resolve();
  expect(begun).toEqual(["first"]);
  first.end();
  expect(await first.done).toBe("first");
  second.end();
  third.end();
  await Promise.all([second.done, third.done]);
  expect(begun).toEqual(["first", "second", "third"]);
});

it("does a task that is larger than the budget, alone", async () => {
  const { add, begun } = tasks(10);
  const [small, large, after] = [add("small", 1), add("large", 99), add("after", 1)];
  await Promise.resolve();
  expect(begun).toEqual(["small"]);
  small.end();
  await small.done;
  await Promise.resolve();
  expect(begun).toEqual(["small", "large"]);
  large.end();
  after.end();
  await after.done;
});

it("gets the bytes of a failed task back", async () => {
  const { add, begun } = tasks(10);
  const [failing, next] = [add("failing", 10), add("next", 10)];
  failing.fail();
  await expect(failing.done).rejects.toThrow("failing");
  next.end();
  await next.done;
  expect(begun).toEqual(["failing", "next"]);
});
