import { env } from "cloudflare:workers";
import type { Context } from "../../../src/context.ts";
import { noUsage, openDatabase } from "../../../src/store/database.ts";
import type { World } from "./world.ts";

/**
 * The world of a consumer to which D1 says that the connection is lost, at those of its batches that are chosen (the
 * first is 1): `refused` before it has carried them out, `lost` after it has.
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
