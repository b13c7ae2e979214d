import { findGaps, findSegments, type StoredSegment } from "../src/domain/moving/archived-segments.ts";
import { findFaults } from "../src/domain/moving/check-segment.ts";
import { eraseArchivedEvent } from "../src/domain/moving/erase-event.ts";
import { restoreArchive } from "../src/domain/moving/restore-archive.ts";
import { parseCommandLine, type Command } from "./archive/command-line.ts";
import { openStorage, type Storage } from "./archive/open-storage.ts";
import { formatSegment, formatSummary } from "./archive/segment-text.ts";
import { Failure, runScript } from "./run-script.ts";

await runScript(async () => {
  const command = parseCommandLine(process.argv.slice(2));
  await using storage = await openStorage(command.place);
  return await run(storage, command);
});

async function run(storage: Storage, command: Command): Promise<number> {
  switch (command.name) {
    case "list":
      return list(storage);
    case "check":
      return check(storage);
    case "restore":
      return restore(storage, command);
    case "erase":
      return erase(storage, command);
  }
}

async function list({ archive }: Storage): Promise<number> {
  const found = await findSegments(archive);
  for (const segment of found.segments) printSegment(segment);
  for (const line of formatSummary(found)) console.log(line);
  return 0;
}

async function check({ archive }: Storage): Promise<number> {
  const found = await findSegments(archive);
  let isRight = findGaps(found.segments).length === 0;
  for (const segment of found.segments) {
    for (const fault of await findFaults(archive, segment)) {
      console.error(`WRONG: ${fault instanceof Error ? fault.message : String(fault)}`);
      isRight = false;
    }
  }
  for (const line of formatSummary(found)) console.log(line);
  return isRight ? 0 : 1;
}

async function restore(
  { db, archive }: Storage,
  { allowsGaps, checksEvents }: Extract<Command, { name: "restore" }>,
): Promise<number> {
  const found = await restoreArchive({ db, archive, allowsGaps, checksEvents, onSegment: printSegment });
  for (const line of formatSummary(found)) console.log(line);
  console.log("D1 has the archive again. The newest events, subscriptions and deliveries were only in the lost D1.");
  return 0;
}

async function erase({ archive }: Storage, command: Extract<Command, { name: "erase" }>): Promise<number> {
  const { eventId, fields } = command;
  const bundles = await eraseArchivedEvent(archive, eventId, fields);
  if (bundles === 0) throw new Failure(`The archive has no event ${eventId}.`);
  console.log(`Erased the event ${eventId} in the archive.`);
  return 0;
}

function printSegment(segment: StoredSegment): void {
  console.log(formatSegment(segment));
}
