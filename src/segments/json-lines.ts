import type * as z from "zod";
import { writeJson } from "../lib/json-writer.ts";

/** Writes each value in one line. */
export function writeLines(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(values.map((value) => `${writeJson(value)}\n`).join("")));
}

/** @throws RangeError if a line cannot be read */
export function parseLines<Schema extends z.ZodType>(content: Uint8Array, schema: Schema): z.output<Schema>[] {
  const lines = new TextDecoder().decode(content).split("\n");
  if (lines.pop() !== "") throw new RangeError("the object ends within a line");
  return lines.map((line, place) => {
    const result = schema.safeParse(parseJson(line));
    if (!result.success) throw new RangeError(`line ${place + 1} of the object cannot be read`);
    return result.data;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
