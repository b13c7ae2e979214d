import { parseArgs } from "node:util";
import { findGaps, findSegments, type StoredSegment } from "../src/domain/moving/archived-segments.ts";
import { checkEvents, readFeeds } from "../src/domain/moving/check-segment.ts";
import { restoreArchive } from "../src/domain/moving/restore-archive.ts";
import { openStorage, type Storage } from "./archive/open-storage.ts";
import { formatSegment, formatSummary } from "./archive/segment-text.ts";
import { Failure, runScript } from "./run-script.ts";

const USAGE = `Usage: npm run --silent archive -- COMMAND [--persist-to FOLDER | --remote]
  list                                        prints the segments in the bucket
  check                                       compares every object with its digest
  restore [--allow-gaps] [--skip-events]      makes the archive the one of an empty D1`;

const COMMANDS = { list, check, restore };

interface Flags {
  allowsGaps: boolean;
  skipsEvents: boolean;
}

await runScript(async () => {
  const { command, place, flags } = parseCommandLine(process.argv.slice(2));
  await using storage = await openStorage(place);
  return await command(storage, flags);
});

/** @throws Failure with exit code 2 */
function parseCommandLine(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        "persist-to": { type: "string" },
        remote: { type: "boolean", default: false },
        "allow-gaps": { type: "boolean", default: false },
        "skip-events": { type: "boolean", default: false },
      },
    });
    const [name = "", ...others] = positionals;
    if (!isCommand(name) || others.length > 0) throw new Error("Name one of the commands list, check and restore.");
    if (values.remote && values["persist-to"] !== undefined)
      throw new Error("--persist-to is a folder of the local state, so it does not go with --remote.");
    return {
      command: COMMANDS[name],
      place: { isRemote: values.remote, persistTo: values["persist-to"] },
      flags: { allowsGaps: values["allow-gaps"], skipsEvents: values["skip-events"] },
    };
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

async function list({ archive }: Storage): Promise<number> {
  const found = await findSegments(archive);
  for (const segment of found.segments) printSegment(segment);
  for (const line of formatSummary(found)) console.log(line);
  return 0;
}

async function check({ archive }: Storage): Promise<number> {
  const found = await findSegments(archive);
  const faults: string[] = [];
  for (const segment of found.segments) {
    for (const read of [readFeeds, checkEvents]) {
      await read(archive, segment).catch((error: unknown) =>
        faults.push(String(error instanceof Error ? error.message : error)),
      );
    }
  }
  for (const fault of faults) console.error(`WRONG: ${fault}`);
  for (const line of formatSummary(found)) console.log(line);
  return faults.length === 0 && findGaps(found.segments).length === 0 ? 0 : 1;
}

async function restore({ db, archive }: Storage, { allowsGaps, skipsEvents }: Flags): Promise<number> {
  const options = { checksEvents: !skipsEvents, allowsGaps, onSegment: printSegment };
  const found = await restoreArchive({ db, archive, ...options });
  for (const line of formatSummary(found)) console.log(line);
  console.log("D1 has the archive again. The newest events, subscriptions and deliveries were only in the lost D1.");
  return 0;
}

function printSegment(segment: StoredSegment): void {
  console.log(formatSegment(segment));
}
