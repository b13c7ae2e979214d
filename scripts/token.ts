import { parseArgs } from "node:util";
import { readOrCreateDevVars } from "./dev-vars.ts";
import { type ReaderClaims, signReaderToken } from "./reader-token.ts";

const USAGE = "Usage: npm run --silent token -- --user NAME --group GROUP [--group GROUP ...]";

function parseClaims(args: string[]): ReaderClaims {
  const { values } = parseArgs({
    args,
    options: { user: { type: "string" }, group: { type: "string", multiple: true, default: [] } },
  });
  if (!values.user) throw new Error("--user NAME is missing.");
  if (values.group.includes("")) throw new Error("A group's name is never empty.");
  return { user: values.user, groups: values.group };
}

try {
  const claims = parseClaims(process.argv.slice(2));
  console.log(await signReaderToken(await readOrCreateDevVars(), claims));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 1;
}
