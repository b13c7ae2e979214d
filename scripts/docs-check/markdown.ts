import { readFileSync } from "node:fs";
import path from "node:path";

export interface Page {
  /** The path in the project, as in `docs/api.md`. */
  file: string;
  blocks: Block[];
  /** The anchors of its headings, as GitHub makes them. */
  anchors: Set<string>;
  links: Reference[];
  /** Paths of this repository in code spans. */
  paths: Reference[];
  /** Scripts of package.json, in prose and in blocks. */
  scripts: Reference[];
  tables: Table[];
}

interface Reference {
  target: string;
  line: number;
}

/** A fenced block. */
export interface Block {
  language: string;
  text: string;
  line: number;
  /** The reason in `<!-- not checked: REASON -->` above the block, which is then not checked. */
  skipped?: string;
}

interface Table {
  header: string[];
  rows: string[][];
}

const FENCE = /^```(\w*)$/;
const SKIP = /^<!-- not checked: (.+) -->$/;

/** `sh` blocks run in the shell, `ts` blocks in Node.js. */
function isProgram({ language }: Block): boolean {
  return language === "sh" || language === "ts";
}

export function isRunnable(block: Block): boolean {
  return isProgram(block) && block.skipped === undefined;
}

/** True if the block has the output of the program above it. */
export function isOutput({ language }: Block): boolean {
  return ["text", "http", "json"].includes(language);
}

/** Finds blocks that are not checked, although no comment says why. */
export function unmarkedBlocks({ file, blocks }: Page): string[] {
  return blocks.flatMap((block, index) => {
    const isChecked = isOutput(block) && blocks.slice(0, index).some(isRunnable);
    if (isChecked || isProgram(block) || block.language === "mermaid" || block.skipped !== undefined) return [];
    return [`${file}:${block.line} is neither a program nor its output. Say in a comment why it is not checked`];
  });
}

export function readPage(root: string, file: string): Page {
  const page: Page = { file, blocks: [], anchors: new Set(), links: [], paths: [], scripts: [], tables: [] };
  const lines = readFileSync(path.join(root, file), "utf8").split("\n");
  for (const [index, text] of lines.entries()) addScripts(page, text, index + 1);
  for (let at = 0; at < lines.length; at++) {
    const text = lines[at] ?? "";
    const language = FENCE.exec(text)?.[1];
    if (language !== undefined) {
      const end = lines.indexOf("```", at + 1);
      if (end < 0) throw new Error(`${file}:${at + 1} opens a block that is not closed.`);
      const skipped = SKIP.exec(lines.slice(0, at).findLast((line) => line !== "") ?? "")?.[1];
      page.blocks.push({
        language,
        text: lines.slice(at + 1, end).join("\n"),
        line: at + 1,
        ...(skipped !== undefined && { skipped }),
      });
      at = end;
    } else if (text.startsWith("|")) {
      const end = lines.findIndex((line, index) => index > at && !line.startsWith("|"));
      const rows = lines.slice(at, end < 0 ? undefined : end);
      page.tables.push({ header: cells(rows[0] ?? ""), rows: rows.slice(2).map(cells) }); // rows[1] is dashes
      for (const [index, row] of rows.entries()) addReferences(page, row, at + 1 + index);
      at += rows.length - 1;
    } else {
      const heading = /^#{1,6} (.+)$/.exec(text)?.[1];
      if (heading !== undefined) page.anchors.add(anchorOf(heading));
      addReferences(page, text, at + 1);
    }
  }
  return page;
}

function addReferences(page: Page, text: string, line: number): void {
  for (const [, target = ""] of text.matchAll(/`((?:src|test|scripts|migrations|docs|\.ci)\/[\w./-]*)`/g)) {
    page.paths.push({ target, line });
  }
  const prose = text.replaceAll(/`[^`]*`/g, "");
  for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) page.links.push({ target, line });
}

function addScripts(page: Page, text: string, line: number): void {
  for (const [, target = ""] of text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g))
    page.scripts.push({ target, line });
}

/** The cells of a row. The pages have no escaped pipes. */
function cells(row: string): string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** GitHub's rule: lower case, no punctuation, hyphens for spaces. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}
