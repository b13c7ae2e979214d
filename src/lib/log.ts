import { writeJson } from "./json-writer.ts";

/** One structured line. Nothing secret goes in: of a URL, its origin. */
export type Log = (line: { event: string } & Record<string, string | number | boolean | null | undefined>) => void;

export const consoleLog: Log = (line) => console.log(writeJson(line));

/** What a log may say of an error: its kind and message, without the stack that would repeat SQL or a URL. */
export function errorFields(error: unknown): { error: string } {
  return {
    error: error instanceof Error ? `${error.name}: ${error.message}` : "something that is no Error was thrown",
  };
}
