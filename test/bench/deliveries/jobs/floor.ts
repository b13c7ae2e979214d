import type { Context } from "../../../../src/context.ts";
import { now } from "../../clock.ts";
import type { Measurement } from "../../measure.ts";
import { consume } from "./consume.ts";

/** The number of connections that the service may have (Workers docs, "Simultaneous open connections"). */
const CONNECTIONS = 6;

const remembered: { input: Parameters<typeof fetch>[0]; init: RequestInit }[] = [];

/** Delivers, and remembers the requests. */
export async function listen(context: Context, deliveryIds: number[]): Promise<void> {
  const fetch: Context["fetch"] = (input, init) => {
    const { method = "POST", headers = {}, body = null } = init ?? {};
    remembered.push({ input, init: { method, headers, body } });
    return context.fetch(input, init);
  };
  await consume({ ...context, fetch }, deliveryIds);
}

/** Sends the remembered requests with a plain `fetch`, and reads each response. */
export async function post(requests: number): Promise<Pick<Measurement, "milliseconds">> {
  let left = requests;
  const postUntilDone = async () => {
    while (left-- > 0) {
      const next = remembered[left % remembered.length];
      if (next === undefined) throw new Error("nothing was remembered to post");
      await (await fetch(next.input, next.init)).arrayBuffer();
    }
  };
  const startedAt = await now();
  await Promise.all(Array.from({ length: CONNECTIONS }, postUntilDone));
  return { milliseconds: (await now()) - startedAt };
}
