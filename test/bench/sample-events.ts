const TYPES = ["UPDATE_STATE_DEPLOYMENT", "BUILD_FINISHED_EVENT", "ADD_BUILD", "RERUN_SMOKE_TESTS"];
export const TEAMS = 24;

export const team = (number: number) => `team-${number % TEAMS}`;

export const oneOfEight = (name: string) => (dice: number) => `${name}-${dice % 8}`;

/**
 * Makes typical events, the same in each run. One of ten is for everyone, the others are for one to three of 24 teams.
 */
export function sampleEvents(from: number, count: number, project = oneOfEight("project")): object[] {
  return Array.from({ length: count }, (_, offset) => sampleEvent(from + offset, project));
}

function sampleEvent(number: number, project: (dice: number) => string): object {
  const dice = scattered(number);
  const teams = Array.from({ length: 1 + (dice % 3) }, (_, step) => team(dice + 5 * step));
  return {
    type: TYPES[number % TYPES.length],
    timestamp: `${1_763_859_600_123_456_789n + BigInt(number) * 1_000_000n}`,
    username: `user-${dice % 97}`,
    ...placeOf(number, project(dice)),
    ...(dice % 10 !== 0 && { allowed_groups: teams }),
    data: {
      build: number,
      commit: dice.toString(16).padStart(40, "0"),
      message: "Roll out the new checkout",
      duration_ms: dice % 60_000,
      passed: dice % 7 !== 0,
    },
  };
}

function placeOf(number: number, project: string): object {
  return number % 3 === 0
    ? { inventory_project: project, inventory_application: "checkout", inventory_version: `1.${number % 40}.0` }
    : { state_project: project, state_environment: "staging", state_deployment: `web-${number % 5}` };
}

/** Knuth's multiplicative hash. */
function scattered(number: number): number {
  return Math.imul(number + 1, 2_654_435_761) >>> 8;
}
