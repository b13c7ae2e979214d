import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../scripts/archive/command-line.ts";

const LOCAL = { isRemote: false, persistTo: undefined };

describe("the command line of npm run archive", () => {
  it.each<[string, object]>([
    ["list", { name: "list", place: LOCAL }],
    ["check --remote", { name: "check", place: { isRemote: true, persistTo: undefined } }],
    ["list --persist-to state", { name: "list", place: { isRemote: false, persistTo: "state" } }],
    ["restore", { name: "restore", place: LOCAL, allowsGaps: false, checksEvents: true }],
    ["restore --allow-gaps --skip-events", { name: "restore", place: LOCAL, allowsGaps: true, checksEvents: false }],
    ["erase --event 4711", { name: "erase", place: LOCAL, eventId: 4711, fields: [] }],
    [
      "erase --event=1 --remove state_project --remove state_environment",
      { name: "erase", place: LOCAL, eventId: 1, fields: ["state_project", "state_environment"] },
    ],
  ])("%s", (line, expected) => {
    expect(parseCommandLine(line.split(" "))).toEqual(expected);
  });

  it.each([
    ["", "The command is one of list, check, restore and erase."],
    ["destroy", "The command is one of"],
    ["list again", "Unexpected argument 'again'"],
    ["list --allow-gaps", "Unknown option '--allow-gaps'"],
    ["restore --event 1", "Unknown option '--event'"],
    ["list --persist-to", "--persist-to"],
    ["list --remote --persist-to state", "so it does not go with --remote"],
    ["erase", "--event needs the ID of an event."],
    ["erase --event 0", "--event needs the ID of an event."],
    ["erase --event 1e3", "--event needs the ID of an event."],
    ["erase --event 1 --remove allowed_groups", "--remove takes inventory_project, "],
  ])("refuses %j, and explains how it is used", (line, complaint) => {
    const parse = () => parseCommandLine(line === "" ? [] : line.split(" "));
    expect(parse).toThrow(complaint);
    expect(parse).toThrow("Usage: npm run --silent archive -- COMMAND");
    expect(parse).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
