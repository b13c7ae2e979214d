import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { csvRecords, jsonCell } from "../../src/http/formats/csv.ts";
import { HIDDEN_FORMULAS, SEPARATORS } from "../support/spreadsheet.ts";

// Checks with LibreOffice what `npm test` checks with models of spreadsheets. Debian: apt-get install libreoffice-calc

const folder = mkdtempSync(join(tmpdir(), "tidings-spreadsheets-"));
try {
  const rows = HIDDEN_FORMULAS.map((text, index) => [
    String(index),
    text,
    HIDDEN_FORMULAS[(index + 1) % HIDDEN_FORMULAS.length] ?? "",
    jsonCell(JSON.stringify([text])),
    jsonCell(JSON.stringify({ [text]: text })),
  ]);
  const quoted = rows
    .map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\r\n`)
    .join("");
  for (const separators of SEPARATORS) {
    const [unguarded, guarded] = [formulasIn(quoted, separators), formulasIn(csvRecords(rows), separators)];
    console.log(
      `LibreOffice, splitting at ${JSON.stringify(separators)}: of ${rows.length} records it calculates ` +
        `${unguarded.length} cells where they are only quoted, ${guarded.length} of ours.`,
    );
    if (unguarded.length === 0) throw new Error("LibreOffice calculates nothing, so this shows nothing");
    if (guarded.length > 0) throw new Error(`LibreOffice calculates ${guarded.join("  ")}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Returns the formulas in LibreOffice's own file of the table. These are the cells that it calculates. */
function formulasIn(csv: string, separators: string): string[] {
  writeFileSync(join(folder, "events.csv"), csv);
  const profile = pathToFileURL(join(folder, "profile")).href;
  execFileSync(
    "soffice",
    [
      "--headless",
      `-env:UserInstallation=${profile}`,
      `--infilter=${importOptions(separators)}`,
      "--convert-to",
      "fods",
      "--outdir",
      folder,
      join(folder, "events.csv"),
    ],
    { stdio: "ignore" },
  );
  return readFileSync(join(folder, "events.fods"), "utf8").match(/table:formula="[^"]*"/g) ?? [];
}

/** help.libreoffice.org, "Filter Options for CSV Filter": separators, quote, UTF-8, … and formulas are calculated. */
function importOptions(separators: string): string {
  const codes = Array.from(separators, (separator) => separator.charCodeAt(0)).join("/");
  return `Text - txt - csv (StarCalc):${codes},34,76,1,,1033,false,true,false,false,false,-1,true`;
}
