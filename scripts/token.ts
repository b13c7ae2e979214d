import { parseArgs } from "node:util";
import { readLocalVariables } from "./local-variables.ts";
import { type ReaderClaims, signReaderToken } from "./reader-token.ts";

const USAGE = "Usage: npm run --silent token -- --user NAME --group GROUP [--group GROUP ...] [--env-file FILE ...]";

interface Wanted {
  claims: ReaderClaims;
  /** The --env-file flags that `npm start` was given, too. */
  envFiles: string[];
}

function parseWanted(args: string[]): Wanted {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: "string" },
      group: { type: "string", multiple: true, default: [] },
      "env-file": { type: "string", multiple: true, default: [] },
    },
  });
  if (!values.user) throw new Error("--user NAME is missing.");
  if (values.group.includes("")) throw new Error("A group's name must not be empty.");
  return { claims: { user: values.user, groups: values.group }, envFiles: values["env-file"] };
}

function wantedOrUsage(): Wanted {
  try {
    return parseWanted(process.argv.slice(2));
  } catch (error) {
    throw new Error(`${messageOf(error)}\n${USAGE}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  const { claims, envFiles } = wantedOrUsage();
  console.log(await signReaderToken(await readLocalVariables(envFiles), claims));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
