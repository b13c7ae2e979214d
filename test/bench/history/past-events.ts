import { EVENT_TYPES, type EventType } from "../../../src/schemas/event.ts";

const GROUPS = 500;
const PROJECTS = 1_000;
const GROUPS_OF_A_PROJECT = 8;
/** The number of groups of a widely shared event. These groups are from group 0 to group 99. */
const WIDE = 24;
const RARE_EVENTS = 60;
const NARROW_EVENTS = 200;

export const group = (number: number) => `group-${number % GROUPS}`;

interface Place {
  inventory_project?: string;
  inventory_application?: string;
  inventory_version?: string;
  state_project?: string;
  state_environment?: string;
  state_deployment?: string;
}

/** An event as a producer sends it. */
export interface PastEvent extends Place {
  type: EventType;
  timestamp: string;
  username: string;
  allowed_groups?: string[];
  data: object;
}

/** The largest project. None of its events is for everyone. */
export const VAULT = "project-0";
const RARE: Place = { state_project: VAULT };
const NARROW: Place = { state_project: "narrow", state_environment: "live", state_deployment: "web" };
const SHARED: Place = { state_project: "shared", state_environment: "live" };

/**
 * Returns event `number` (from 0) of a history of `total` events, the same in each run. The sizes of the projects have
 * a Zipf distribution. One of ten events is for everyone, and one of fifty is for 24 groups. Each other event is for
 * one to four of the eight groups of its project. For each `total`, the group "rare" has 60 events and the narrowest
 * scope has 200, evenly distributed.
 */
export function pastEvent(number: number, total: number): PastEvent {
  const { place, groups } = placeAndGroups(number, total);
  return {
    type: EVENT_TYPES[dice(number, 1) % EVENT_TYPES.length] ?? "ADD_BUILD",
    timestamp: timestampOf(number),
    username: `user-${dice(number, 2) % 997}`,
    ...place,
    ...(groups && { allowed_groups: groups }),
    data: {
      build: number,
      commit: dice(number, 3).toString(16).padStart(40, "0"),
      message: "Roll out the new checkout to a tenth of the customers",
      url: `https://builds.example/${number}`,
      duration_ms: dice(number, 4) % 60_000,
      passed: number % 7 !== 0,
    },
  };
}

export function timestampOf(number: number): string {
  return `1763859600${String(number).padStart(9, "0")}`;
}

function placeAndGroups(number: number, total: number): { place: Place; groups: string[] | undefined } {
  if (number % Math.ceil(total / RARE_EVENTS) === 0) return { place: RARE, groups: ["rare"] };
  if (number % Math.ceil(total / NARROW_EVENTS) === 1) return { place: NARROW, groups: [group(0)] };
  const roll = dice(number, 5);
  if (number % 50 === 2) return { place: SHARED, groups: groupsFrom(roll % (100 - WIDE), WIDE, 1) };
  const project = zipf(dice(number, 6) / 2 ** 32);
  const place = placeIn(project, dice(number, 7));
  if (roll % 10 === 0 && project > 0) return { place, groups: undefined };
  const first = dice(number, 8) % GROUPS_OF_A_PROJECT;
  return { place, groups: groupsFrom(project * 3 + first, 1 + (roll % 4), 1) };
}

function groupsFrom(first: number, count: number, step: number): string[] {
  return Array.from({ length: count }, (_, index) => group(first + index * step));
}

const places = new Map<string, Place>();

/** Returns the same object for the same place. A place has three to seven scopes. */
function placeIn(projectNumber: number, roll: number): Place {
  const [shape, one, two] = [roll % 10, (roll >>> 4) % 3, (roll >>> 8) % 5];
  const key = `${projectNumber}/${shape}/${one}/${two}`;
  const place = places.get(key) ?? newPlace(`project-${projectNumber}`, shape, one, two);
  places.set(key, place);
  return place;
}

function newPlace(project: string, shape: number, one: number, two: number): Place {
  const environment = ["dev", "staging", "live"][one] ?? "live";
  if (shape < 2) return { state_project: project };
  if (shape < 7) return { state_project: project, state_environment: environment, state_deployment: `web-${two}` };
  const [inventory_application, inventory_version] = [`app-${one}`, `1.${two}.0`];
  if (shape < 9) return { inventory_project: project, inventory_application, inventory_version };
  return { inventory_project: project, inventory_application, state_project: project, state_environment: environment };
}

const shares = Array.from({ length: PROJECTS }, (_, rank) => 1 / (rank + 1));
const sumOfShares = shares.reduce((sum, share) => sum + share, 0);
let reached = 0;
const limits = Float64Array.from(shares, (share) => (reached += share) / sumOfShares);

/**
 * Returns the number of a project. Project n has 1/(n + 1) of the events of the largest project. `share` is from 0 up
 * to 1.
 */
function zipf(share: number): number {
  let [low, high] = [0, PROJECTS - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((limits[middle] ?? 1) <= share) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 32 bits. Each salt has its own sequence. The algorithm is the finalizer of MurmurHash3. */
function dice(number: number, salt: number): number {
  let hash = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
