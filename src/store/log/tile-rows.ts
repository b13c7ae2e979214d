import type { Database } from "../database.ts";
import type { Query } from "../query.ts";

/** A tile of level 1 or higher. The last tile of a level may be partial. */
export interface TileRow {
  level: number;
  number: number;
  /** 32 bytes for each hash. */
  hashes: Uint8Array<ArrayBuffer>;
}

interface Columns {
  level: number;
  number: number;
  /** Hexadecimal. */
  hashes: string;
}

/** Reads these tiles, in no particular order. Skips a tile that D1 does not have. */
export function tilesQuery(db: Database, tiles: readonly Pick<TileRow, "level" | "number">[]): Query<TileRow[]> {
  const wanted = tiles.map(({ level, number }) => [level, number]);
  const statement = selectTiles(db, "SELECT value->>0 AS level, value->>1 AS number FROM json_each(?1)");
  return { statement: statement.bind(JSON.stringify(wanted)), read: (rows: Columns[]) => rows.map(toTile) };
}

/** Reads the partial tiles of D1's tree, except the tile of level 0. */
export function partialTilesQuery(db: Database): Query<TileRow[]> {
  const statement = selectTiles(
    db,
    `WITH RECURSIVE levels (level, width) AS (
      SELECT 1, size / 256 FROM log_state WHERE id = 1
      UNION ALL SELECT level + 1, width / 256 FROM levels WHERE width >= 256
    ) SELECT level, width / 256 AS number FROM levels WHERE width % 256 > 0`,
  );
  return { statement, read: (rows: Columns[]) => rows.map(toTile) };
}

function selectTiles(db: Database, wanted: string): D1PreparedStatement {
  return db.prepare(
    `SELECT tile.level, tile.number, hex(tile.hashes) AS hashes
    FROM (${wanted}) wanted CROSS JOIN log_tiles tile ON tile.level = wanted.level AND tile.number = wanted.number`,
  );
}

function toTile({ level, number, hashes }: Columns): TileRow {
  return { level, number, hashes: Uint8Array.fromHex(hashes) };
}
