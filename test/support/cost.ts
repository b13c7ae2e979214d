/** What a response cost in D1 and R2, from its `Server-Timing` header. */
export interface Cost {
  queries: number;
  rowsRead: number;
  rowsWritten: number;
  r2Gets: number;
}

export function costOf({ headers }: Response): Cost {
  const timing = headers.get("Server-Timing") ?? "";
  const count = (name: string) => Number(new RegExp(`${name};desc="(\\d+)"`).exec(timing)?.[1] ?? Number.NaN);
  return {
    queries: count("d1-queries"),
    rowsRead: count("d1-rows-read"),
    rowsWritten: count("d1-rows-written"),
    r2Gets: count("r2"),
  };
}
