import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { checkLinks, checkLogEvents, checkPaths, checkVariables } from "./docs-check/check-references.ts";
import { readPage, type Page } from "./docs-check/markdown.ts";
import { copyProject, isOutput, isProgram, runPage } from "./docs-check/run-blocks.ts";
import { ROOT } from "./dev-vars.ts";

// node scripts/check-docs.ts [--references] [PAGE ...]: holds the pages to the code and to what the service does.
// --references: links, anchors and tables only, which takes a second.
const { values, positionals } = parseArgs({ options: { references: { type: "boolean" } }, allowPositionals: true });
const pages = globSync(["*.md", "docs/**/*.md", ".github/**/*.md"], { cwd: ROOT }).map((file) => readPage(ROOT, file));

const faults = [
  ...checkLinks(ROOT, pages),
  ...checkPaths(ROOT, pages),
  ...checkVariables(pages),
  ...checkLogEvents(pages),
  ...orphans(pages),
];
if (values.references !== true) {
  const project = await copyProject(ROOT);
  try {
    const wanted = pages.filter(({ file }) => positionals.length === 0 || positionals.includes(file));
    for (const page of wanted.filter(hasRunnable)) faults.push(...(await runPage(project, page)));
    report(wanted);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}
for (const fault of faults) console.error(`✗ ${fault}`);
console.log(faults.length === 0 ? "The pages agree with the code." : `${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;

function hasRunnable({ blocks }: Page): boolean {
  return blocks.some(({ language, skipped }) => isProgram(language) && skipped === undefined);
}

/** Blocks that nothing checks and nobody has marked. */
function orphans(all: Page[]): string[] {
  return all.flatMap(({ file, blocks }) =>
    blocks.flatMap(({ language, skipped, line }, index) => {
      if (isProgram(language) || language === "mermaid" || skipped !== undefined) return [];
      const hasProgram = isOutput(language) && blocks.slice(0, index).some((block) => isProgram(block.language));
      return hasProgram ? [] : [`${file}:${line} is no program and no output of one; mark why it is not checked`];
    }),
  );
}

/** What is not checked, and why: the output of a block that does not run neither. */
function report(all: Page[]): void {
  for (const { file, blocks } of all.filter((page) => page.blocks.length > 0)) {
    const unchecked = blocks.filter(({ skipped }) => skipped !== undefined);
    console.log(`${file}: ${blocks.length - unchecked.length} of ${blocks.length} blocks checked`);
    for (const { line, skipped } of unchecked) console.log(`  not line ${line}: ${skipped}`);
  }
}
