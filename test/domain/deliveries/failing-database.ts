import { env } from "cloudflare:workers";
import type { Context } from "../../../src/context.ts";
import { noUsage, openDatabase } from "../../../src/store/database.ts";
import type { World } from "./world.ts";

/**
 * The context of a consumer that loses the connection to D1 at the chosen batches (the first is 1). `refused`: D1 has
 * not run the batch. `lost`: D1 has run it.
 */
export function failingAt(world: World, isChosen: (batch: number) => boolean, how: "refused" | "lost"): Context {
  const session = env.DB.withSession("first-primary");
  let batches = 0;
  const failing: Pick<D1DatabaseSession, "prepare" | "batch" | "getBookmark"> = {
    prepare: (sql) => session.prepare(sql),
    getBookmark: () => session.getBookmark(),
    batch: async <Row>(statements: D1PreparedStatement[]) => {
      batches += 1;
      if (!isChosen(batches)) return session.batch<Row>(statements);
      if (how === "lost") await session.batch<Row>(statements);
      throw new Error("D1_ERROR: Network connection lost.");
    },
  };
  return { ...world.context, db: openDatabase(failing, noUsage()) };
}
