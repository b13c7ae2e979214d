import { userInfo } from "node:os";
import { producerToken, type Vars } from "./dev-vars.ts";
import { signReaderToken } from "./reader-token.ts";

const PROJECT = "demo";
const GROUPS = ["developers", `project:${PROJECT}:global:owner`];

/** What a developer can paste into a second terminal: both tokens, and one call of each kind. */
export async function firstSteps(url: string, vars: Vars): Promise<string> {
  const reader = await signReaderToken(vars, { user: userInfo().username, groups: GROUPS });
  const event = { type: "ADD_BUILD", username: "ada", state_project: PROJECT, state_environment: "staging" };
  const subscription = { type: "webhook", url: "http://localhost:9999/hook" };
  return `
Tidings runs at ${url}

Open it in a browser and sign in with the reader's token below, or paste these into another terminal.
The tokens are for this local service only: its secrets are in .dev.vars.
The reader (12 hours) is in the groups ${GROUPS.join(" and ")}; npm run --silent token makes others.

READER='${reader}'
PRODUCER='${producerToken(vars)}'

# record an event
curl -isS ${url}/internal/create-event -H "Authorization: Bearer $PRODUCER" -H 'Content-Type: application/json' -d '${JSON.stringify(event)}'

# list what the reader may see, then one environment's
curl -sS '${url}/api/v1/events/query/?page_size=10' -H "Authorization: Bearer $READER"
curl -sS ${url}/api/v1/events/query/project/${PROJECT}/staging/ -H "Authorization: Bearer $READER"

# tell a webhook of this machine about the project's events
curl -sS -X PUT ${url}/api/v1/events/subscriptions/project/${PROJECT}/ -H "Authorization: Bearer $READER" -H 'Content-Type: application/json' -d '${JSON.stringify([subscription])}'

The scheduled job runs every minute. Ctrl-C stops everything.
`;
}
