import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { OCSF_ACTIVITIES, type OcsfActivity } from "../../src/channels/streams/ocsf-activities.ts";
import { VARIABLES, type Variable } from "../../src/schemas/variables.ts";
import { LOG_EVENTS } from "../../src/lib/log.ts";
import type { Page } from "./markdown.ts";

/** Checks that relative links lead to files that exist, and `#anchors` to headings. */
export function checkLinks(root: string, pages: Page[]): string[] {
  return pages.flatMap((page) =>
    page.links.flatMap(({ target, line }) => {
      if (/^[a-z]+:/.test(target)) return []; // nothing beyond this machine is contacted
      const [relative = "", anchor] = target.split("#");
      const file = relative === "" ? page.file : path.join(path.dirname(page.file), relative);
      if (!existsSync(path.join(root, file))) return [`${page.file}:${line} links to ${target}, which does not exist`];
      const isKnown = anchor === undefined || pages.find((other) => other.file === file)?.anchors.has(anchor) === true;
      return isKnown ? [] : [`${page.file}:${line} links to ${target}, and ${file} has no such heading`];
    }),
  );
}

/** Checks that paths like `src/errors.ts` exist. A part in capitals stands for any name. */
export function checkPaths(root: string, pages: Page[]): string[] {
  return pages.flatMap(({ file, paths }) =>
    paths
      .filter(({ target }) => !/[A-Z]{3}/.test(target) && !existsSync(path.join(root, target)))
      .map(({ target, line }) => `${file}:${line} names ${target}, which does not exist`),
  );
}

/** Checks that `npm run NAME` names a script of package.json. */
export function checkScripts(root: string, pages: Page[]): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };
  return pages.flatMap(({ file, scripts: named }) =>
    named
      .filter(({ target }) => !Object.hasOwn(scripts, target))
      .map(({ target, line }) => `${file}:${line} runs the script ${target}, which does not exist`),
  );
}

/** Checks that the tables of docs/design.md are those of the migrations. */
export function checkTables(root: string, pages: Page[]): string[] {
  const migrations = globSync("migrations/*.sql", { cwd: root }).map((file) =>
    readFileSync(path.join(root, file), "utf8"),
  );
  const created = [...migrations.join("\n").matchAll(/CREATE TABLE `(\w+)`/g)].map(([, name = ""]) => name);
  return difference("docs/design.md", firstColumn(pages, "docs/design.md", "table"), created);
}

/**
 * Checks that docs/configuration.md has the variables of src/schemas/variables.ts, with their defaults and meanings.
 */
export function checkVariables(pages: Page[]): string[] {
  const documented = tableRows(pages, "docs/configuration.md", "variable").map((cells) => cells.join(" | "));
  const known = Object.entries(VARIABLES).map(([name, variable]) => variableRow(name, variable).join(" | "));
  return difference("docs/configuration.md", documented, known);
}

function variableRow(name: string, { default: value, whenEmpty = "", isSecret, description }: Variable): string[] {
  return [`\`${name}\`${isSecret ? " (secret)" : ""}`, value ? `\`${value}\`` : whenEmpty, description];
}

/** Checks that docs/operating.md has the log events of src/lib/log.ts, each with its level and fields. */
export function checkLogEvents(pages: Page[]): string[] {
  const documented = tableRows(pages, "docs/operating.md", "event").map(
    ([name = "", level, fields = ""]) => `${codes(name).join()} ${level}: ${codes(fields).join(", ")}`,
  );
  const known = Object.entries(LOG_EVENTS).map(([name, { level, fields }]) => `${name} ${level}: ${fields.join(", ")}`);
  return difference("docs/operating.md", documented, known);
}

/** Checks that docs/streams.md has the mapping to OCSF of every event type. */
export function checkOcsfMapping(pages: Page[]): string[] {
  const documented = tableRows(pages, "docs/streams.md", "event type").map((cells) => cells.join(" | "));
  const known = Object.entries(OCSF_ACTIVITIES).map(([type, activity]) => ocsfRow(type, activity).join(" | "));
  return difference("docs/streams.md", documented, known);
}

function ocsfRow(type: string, { activityId, activityName, entity }: OcsfActivity): string[] {
  const name = entity.nameField === undefined ? "`unknown`" : `\`${entity.nameField}\``;
  return [`\`${type}\``, `${activityId} ${activityName}`, `${entity.typeId} ${entity.type}`, name];
}

function firstColumn(pages: Page[], file: string, header: string): string[] {
  return tableRows(pages, file, header).flatMap(([cell = ""]) => codes(cell));
}

/** The rows of the table whose first column has this header. */
function tableRows(pages: Page[], file: string, header: string): string[][] {
  const tables = pages.find((page) => page.file === file)?.tables ?? [];
  return tables.find((table) => table.header[0] === header)?.rows ?? [];
}

function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

function difference(file: string, documented: string[], known: string[]): string[] {
  const missing = known.filter((name) => !documented.includes(name)).map((name) => `${file} lacks "${name}"`);
  const extra = documented
    .filter((name) => !known.includes(name))
    .map((name) => `${file} has "${name}", which the code does not have`);
  return [...missing, ...extra];
}
