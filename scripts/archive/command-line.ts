import { parseArgs } from "node:util";
import { REMOVABLE_FIELDS } from "../../src/domain/moving/erase-event.ts";
import { Failure } from "../run-script.ts";
import type { Place } from "./open-storage.ts";

const USAGE = `Usage: npm run --silent archive -- COMMAND [--persist-to FOLDER | --remote]
  list                                     prints the segments in the bucket
  check                                    compares every object with its digest
  restore [--allow-gaps] [--skip-events]   restores the archive in an empty D1
  erase --event ID [--remove FIELD ...]    removes the opening, user, data and FIELDs of an archived event`;

export type Command = { place: Place } & (
  | { name: "list" | "check" }
  | { name: "restore"; allowsGaps: boolean; checksEvents: boolean }
  | { name: "erase"; eventId: number; fields: string[] }
);

/** @throws Failure with exit code 2, which explains how the command is used. */
export function parseCommandLine([name = "", ...args]: string[]): Command {
  try {
    return parse(name, args);
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 2);
  }
}

const PLACE = { "persist-to": { type: "string" }, remote: { type: "boolean", default: false } } as const;

function parse(name: string, args: string[]): Command {
  switch (name) {
    case "list":
    case "check": {
      const { values } = parseArgs({ args, options: PLACE });
      return { name, place: placeOf(values) };
    }
    case "restore": {
      const flag = { type: "boolean", default: false } as const;
      const { values } = parseArgs({ args, options: { ...PLACE, "allow-gaps": flag, "skip-events": flag } });
      const { "allow-gaps": allowsGaps, "skip-events": skipsEvents } = values;
      return { name, place: placeOf(values), allowsGaps, checksEvents: !skipsEvents };
    }
    case "erase": {
      const fields = { type: "string", multiple: true, default: [] as string[] } as const;
      const { values } = parseArgs({ args, options: { ...PLACE, event: { type: "string" }, remove: fields } });
      return { name, place: placeOf(values), eventId: eventIdOf(values.event), fields: requireFields(values.remove) };
    }
    default:
      throw new Error("The command is one of list, check, restore and erase.");
  }
}

function placeOf({ remote, "persist-to": persistTo }: { remote: boolean; "persist-to"?: string }): Place {
  if (remote && persistTo !== undefined)
    throw new Error("--persist-to is a folder of the local state, so it does not go with --remote.");
  return { isRemote: remote, persistTo };
}

function eventIdOf(text = ""): number {
  if (!/^[1-9][0-9]{0,15}$/.test(text)) throw new Error("--event needs the ID of an event.");
  return Number(text);
}

function requireFields(fields: string[]): string[] {
  const unknown = fields.find((field) => !REMOVABLE_FIELDS.includes(field));
  if (unknown !== undefined) throw new Error(`--remove takes ${REMOVABLE_FIELDS.join(", ")}, and not ${unknown}.`);
  return fields;
}
