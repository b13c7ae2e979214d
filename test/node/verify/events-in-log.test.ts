import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { LogServer } from "./log-server.ts";
import { inventEvent, lineOf } from "./reference-log.ts";
import { Folder, runVerifier, type Verdict } from "./run-verifier.ts";

const SIZE = 40;

/** Returns the export of a log: one line for each entry. */
function linesOf({ events }: LogServer): string[] {
  return events.map((event, index) => lineOf(index, event));
}

/** Runs verify-log on this export of a log of 40 entries. In its output, `FILE` stands for the path of the export. */
async function verifyExport(
  exported: (lines: string[], log: LogServer) => string,
  args: string[] = [],
): Promise<Verdict> {
  await using log = await LogServer.start(SIZE);
  await using folder = await Folder.make();
  const file = await folder.write("events.ndjson", exported(linesOf(log), log));
  const options = ["--url", log.url, "--key", log.key.vkey, "--events", file, ...args];
  const verdict = await runVerifier("verify-log", options, { env: { TMPDIR: folder.path } });
  expect(await readdir(folder.path)).toEqual(["events.ndjson"]);
  return {
    ...verdict,
    stdout: verdict.stdout.replaceAll(file, "FILE"),
    stderr: verdict.stderr.replaceAll(file, "FILE"),
  };
}

const ALL = "Of 40 lines of FILE, 40 are events of 40 entries, unchanged.\n";

const RIGHT: [name: string, exported: (lines: string[], log: LogServer) => string, args: string[], report: string][] = [
  ["every event", (lines) => lines.join(""), ["--complete"], `${ALL}Each entry from index 0 on has a line.\n`],
  ["every event, newest first", (lines) => lines.toReversed().join(""), ["--complete"], ALL],
  ["events in any order", (lines) => lines.toSorted().join(""), ["--complete", "0"], ALL],
  ["every event from one on", (lines) => lines.slice(29).join(""), ["--complete", "29"], "from index 29 on"],
  ["events beyond the last one", () => "", ["--complete", "40"], "Each entry from index 40 on has a line.\n"],
  ["some events", (lines) => lines.slice(7, 9).join(""), [], "Of 2 lines of FILE, 2 are events of 2 entries"],
  ["no event", () => "", [], "Of 0 lines of FILE, 0 are events of 0 entries"],
  [
    "events twice",
    (lines) => [...lines, ...lines.slice(0, 10)].join(""),
    ["--complete"],
    "Of 50 lines of FILE, 50 are events of 40 entries, unchanged.\n",
  ],
  [
    "events that are not yet in the log",
    (lines) => [lineOf(null, inventEvent(40)), ...lines, lineOf(null, inventEvent(41))].join(""),
    [],
    "Of 42 lines of FILE, 40 are events of 40 entries, unchanged.\nWARNING: 2 lines are events that are not yet in the log.\n",
  ],
  ["empty lines, and no line break at its end", (lines) => `\n${lines.join("\n")}`.trimEnd(), ["--complete"], ALL],
  [
    "a line of 100 KB",
    (lines, log) => {
      const large = inventEvent(30, `"text":"${"✓".repeat(33_000)}"`);
      log.publish(log.entries.with(30, large.entry));
      return lines.with(30, lineOf(30, large)).join("");
    },
    ["--complete"],
    ALL,
  ],
];

describe.concurrent("verify-log accepts", () => {
  it.each(RIGHT)("%s", async (_, exported, args, report) => {
    const { exitCode, stdout, stderr } = await verifyExport(exported, args);
    expect(stderr).toBe("");
    expect(stdout).toContain(report);
    expect(exitCode).toBe(0);
  });
});

const edited =
  (index: number, edit: (line: string) => string) =>
  (lines: string[]): string => {
    const line = edit(lines[index] ?? "");
    expect(line).not.toBe(lines[index]);
    return lines.with(index, line).join("");
  };
const NO_LINE = 'line 31 of FILE is not of the form {"index":N,"opening":"…","event":{…}}.';
const CHANGED = "line 31 of FILE: event 40 does not have the hash in entry 30: the event or its opening was changed.";

const WRONG: [name: string, exported: (lines: string[], log: LogServer) => string, sentence: string][] = [
  ["an event with one byte changed", edited(30, (line) => line.replace("Zürich", "Zurich")), CHANGED],
  ["an event with another time", edited(30, (line) => line.replace("00.510Z", "00.511Z")), CHANGED],
  ["an event with a number that was rounded", edited(30, (line) => line.replace("456730,", "456700,")), CHANGED],
  ["an event with an escape that was resolved", edited(30, (line) => line.replace("\\u2028", "\u2028")), CHANGED],
  ["an event with a space", edited(30, (line) => line.replace('"data":', '"data": ')), CHANGED],
  ["a space before the event", edited(30, (line) => line.replace('"event":', '"event": ')), CHANGED],
  ["another opening", edited(30, (line) => line.replace(/"opening":"../, '"opening":"AA')), CHANGED],
  [
    "an event with another ID",
    edited(30, (line) => line.replace('"id":"40"', '"id":"41"')),
    "line 31 of FILE: event 41 is not entry 30, which has ID 40.",
  ],
  [
    "an event at the index of another",
    edited(30, (line) => line.replace('"index":30', '"index":31')),
    "line 31 of FILE: event 40 is not entry 31, which has ID 41.",
  ],
  [
    "a second line of one index with other bytes",
    (lines, { events }) =>
      [...lines, lineOf(30, { ...inventEvent(30, ""), opening: events[0]?.opening ?? Buffer.of() })].join(""),
    "line 41 of FILE: event 40 does not have the hash in entry 30: the event or its opening was changed.",
  ],
  [
    "an index beyond the log",
    (lines) => [...lines, lineOf(40, inventEvent(40))].join(""),
    "line 41 of FILE: event 53 has index 40, but the log has 40 entries.",
  ],
  [
    "an event without opening",
    edited(30, (line) => line.replace(/"opening":"[^"]+"/, '"opening":null')),
    "line 31 of FILE: event 40 has no opening, so nobody can check it.",
  ],
  ["a line that was cut", edited(30, (line) => `${line.slice(0, 200)}\n`), NO_LINE],
  ["a page of HTML", edited(30, () => "<!doctype html>\n"), NO_LINE],
  ["a line of JSON that is no event", edited(30, () => "{}\n"), NO_LINE],
  ["a second event in a line", edited(30, (line) => line.replace("}\n", ',"event":{}}\n')), NO_LINE],
  ["an index that is no number", edited(30, (line) => line.replace(":30,", ':"300",')), NO_LINE],
  ["a negative index", edited(30, (line) => line.replace(":30,", ":-1,")), NO_LINE],
  ["an opening that is not base64", edited(30, (line) => line.replace('"opening":"', '"opening":"_')), NO_LINE],
  ["a short opening", edited(30, (line) => line.replace(/"opening":"[^"]+"/, '"opening":"AAAA"')), NO_LINE],
  ["an event that is null", edited(30, (line) => line.replace(/"event":.+\n/, '"event":null}\n')), NO_LINE],
  ["an ID that is a number", edited(30, (line) => line.replace('"id":"40"', '"id":40')), NO_LINE],
  ["no recorded_at", edited(30, (line) => line.replace('"recorded_at"', '"at"')), NO_LINE],
  ["a carriage return", edited(30, (line) => line.replace("\n", "\r\n")), NO_LINE],
  ["bytes that are no text", edited(30, () => "\u0000\u00ff\n"), NO_LINE],
  ["a line without end", edited(30, () => "x".repeat(3_000_000)), "a line of FILE is longer than 1048576 bytes."],
];

describe.concurrent("verify-log names", () => {
  it.each(WRONG)("%s", async (_, exported, sentence) => {
    const verdict = await verifyExport(exported);
    expect(verdict).toEqual({ exitCode: 1, stdout: "", stderr: `WRONG: ${sentence}\n` });
  });
});

const INCOMPLETE: [name: string, exported: (lines: string[]) => string, args: string[], sentence: string][] = [
  ["a missing line", (lines) => lines.toSpliced(30, 1).join(""), [], "entry 30 (ID 40) has no line in FILE."],
  ["the missing last line", (lines) => lines.slice(0, -1).join(""), [], "entry 39 (ID 49) has no line in FILE."],
  [
    "a missing line that is the first one asked for",
    (lines) => lines.slice(31).join(""),
    ["30"],
    "entry 30 (ID 40) has no line in FILE.",
  ],
  ["an empty file", () => "", [], "entry 0 (ID 1) has no line in FILE."],
  [
    "a line that is not yet in the log",
    (lines) => [...lines, lineOf(null, inventEvent(40))].join(""),
    [],
    "line 41 of FILE is not yet in the log.",
  ],
];

describe.concurrent("verify-log --complete names", () => {
  it.each(INCOMPLETE)("%s", async (_, exported, from, sentence) => {
    const verdict = await verifyExport(exported, ["--complete", ...from]);
    expect(verdict).toEqual({ exitCode: 1, stdout: "", stderr: `WRONG: ${sentence}\n` });
  });

  it("nothing below the index from which on it was asked", async () => {
    const { exitCode } = await verifyExport((lines) => lines.toSpliced(30, 1).join(""), ["--complete", "31"]);
    expect(exitCode).toBe(0);
  });
});
