import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  checkLinks,
  checkLogEvents,
  checkOcsfMapping,
  checkPaths,
  checkScripts,
  checkTables,
  checkVariables,
} from "./docs-check/check-references.ts";
import { copyProject } from "./docs-check/copy-project.ts";
import { isRunnable, type Page, readPage, unmarkedBlocks } from "./docs-check/markdown.ts";
import { runPage } from "./docs-check/run-page.ts";
import { ROOT } from "./dev-vars.ts";
import { runScript } from "./run-script.ts";

// node scripts/check-docs.ts [--references] [PAGE ...]: compares the pages with the code, runs their commands and
// compares the output. With --references, compares only links, paths and tables, which takes a second.
await runScript(async (signal) => {
  const { values, positionals } = parseArgs({ options: { references: { type: "boolean" } }, allowPositionals: true });
  const pages = globSync(["*.md", "docs/**/*.md", ".github/**/*.md"], { cwd: ROOT }).map((file) =>
    readPage(ROOT, file),
  );
  const faults = [
    ...checkLinks(ROOT, pages),
    ...checkPaths(ROOT, pages),
    ...checkScripts(ROOT, pages),
    ...checkTables(ROOT, pages),
    ...checkVariables(pages),
    ...checkLogEvents(pages),
    ...checkOcsfMapping(pages),
    ...pages.flatMap(unmarkedBlocks),
  ];
  if (values.references !== true) {
    const wanted = pages.filter(({ file }) => positionals.length === 0 || positionals.includes(file));
    faults.push(...(await runPages(wanted, signal)));
    for (const page of wanted) report(page);
  }
  for (const fault of faults) console.error(`✗ ${fault}`);
  console.log(faults.length === 0 ? "The pages agree with the code." : `${faults.length} faults.`);
  return faults.length === 0 ? 0 : 1;
});

async function runPages(pages: Page[], signal: AbortSignal): Promise<string[]> {
  await using project = await copyProject(ROOT);
  const faults: string[] = [];
  for (const page of pages.filter(({ blocks }) => blocks.some(isRunnable))) {
    faults.push(...(await runPage(project.folder, page, signal)));
  }
  return faults;
}

/** Prints which blocks are not checked, and why. */
function report({ file, blocks }: Page): void {
  if (blocks.length === 0) return;
  const unchecked = blocks.filter(({ skipped }) => skipped !== undefined);
  console.log(`${file}: ${blocks.length - unchecked.length} of ${blocks.length} blocks checked`);
  for (const { line, skipped } of unchecked) console.log(`  not line ${line}: ${skipped}`);
}
