import type { Block } from "./markdown.ts";

/** Values that change from run to run. Only their form is compared. */
const VARYING: [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<time>"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}/g, "<bookmark>"],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<token>"],
  [/whsec_[\w+/=]+/g, "<secret>"],
  [/"[\w-]{16,}-\w+"/g, '"<entity tag>"'],
  [/dur=[\d.]+/g, "dur=<ms>"],
  [/"duration_ms": ?\d+/g, '"duration_ms":0'],
  [/retry: \d+/g, "retry: <ms>"],
];

/**
 * Compares the output of a command with the block below the command. In the block, `…` stands for any text, and on a
 * line of its own for any lines. An `http` block has the status, some of the headers and, after an empty line, the
 * body. The JSON of a `json` block may be formatted differently. `fixed` is the text of the commands: if they contain a
 * time in nanoseconds, the output must contain the same time.
 */
export function matches({ language, text }: Block, output: string, fixed: string): boolean {
  const expected = withoutVarying(text, fixed);
  const actual = withoutVarying(output.replaceAll("\r", ""), fixed);
  if (language === "http") return matchesResponse(expected, actual);
  if (language === "json") return matchesText(compactJson(expected), compactJson(actual));
  return matchesText(expected, actual);
}

function withoutVarying(text: string, fixed: string): string {
  const plain = VARYING.reduce((rest, [pattern, placeholder]) => rest.replaceAll(pattern, placeholder), text.trim());
  return plain.replaceAll(/\b1\d{18}\b/g, (nanoseconds) =>
    fixed.includes(nanoseconds) ? nanoseconds : "<nanoseconds>",
  );
}

function matchesResponse(expected: string, actual: string): boolean {
  const [wanted, given] = [responseOf(expected), responseOf(actual)];
  const hasHeaders = wanted.headers.every((line) => given.headers.some((header) => matchesText(line, header)));
  return wanted.status === given.status && hasHeaders && (wanted.body === "" || matchesText(wanted.body, given.body));
}

function responseOf(text: string) {
  const [head = "", ...body] = text.split("\n\n");
  const [status = "", ...headers] = head.split("\n");
  return { status, headers, body: body.join("\n\n") };
}

function compactJson(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

function matchesText(expected: string, actual: string): boolean {
  const lines = expected.split("\n").map((line) => {
    if (line.trim() === "…") return "(?:.*\n)*";
    return `${line
      .split("…")
      .map((part) => RegExp.escape(part))
      .join(".*")}\n`;
  });
  return new RegExp(`^${lines.join("")}$`).test(`${actual}\n`);
}
