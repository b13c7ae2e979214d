import type { Variables } from "../src/config.ts";
import { producerToken } from "./dev-vars.ts";
import { signReaderToken } from "./reader-token.ts";

const PROJECT = "demo";
const GROUPS = ["developers", `project:${PROJECT}:global:owner`];

/** Text to copy into a second terminal: both tokens, and one call of each kind. */
export async function formatGettingStarted(url: string, variables: Variables, user: string): Promise<string> {
  const reader = await tokenOrReason(() => signReaderToken(variables, { user, groups: GROUPS }));
  const producer = await tokenOrReason(async () => producerToken(variables));
  const event = { type: "ADD_BUILD", username: "ada", state_project: PROJECT, state_environment: "staging" };
  const subscription = { type: "webhook", url: "http://localhost:9999/hook" };
  return `
Tidings runs at ${url}

Open it in a browser and sign in with a reader's token, or paste these into another terminal.
The tokens are for this local service only: its secrets are in .dev.vars.

${
  reader.token === undefined
    ? `# ${reader.reason}\n# The reader of these calls is in the groups ${GROUPS.join(" and ")}.`
    : `# A reader (12 hours) in the groups ${GROUPS.join(" and ")}; npm run --silent token makes others.`
}
READER='${reader.token ?? ""}'
${producer.token === undefined ? `# ${producer.reason}\n` : ""}PRODUCER='${producer.token ?? ""}'

# record an event
curl -isS ${url}/internal/create-event -H "Authorization: Bearer $PRODUCER" -H 'Content-Type: application/json' -d '${JSON.stringify(event)}'

# list what the reader may see, then one environment's
curl -sS '${url}/api/v1/events/query/?page_size=10' -H "Authorization: Bearer $READER"
curl -sS ${url}/api/v1/events/query/project/${PROJECT}/staging/ -H "Authorization: Bearer $READER"

# send the project's events to a webhook of this machine
curl -sS -X PUT ${url}/api/v1/events/subscriptions/project/${PROJECT}/ -H "Authorization: Bearer $READER" -H 'Content-Type: application/json' -d '${JSON.stringify([subscription])}'

The scheduled job runs every minute. Ctrl-C stops everything.
`;
}

type TokenOrReason = { token: string; reason?: never } | { token?: never; reason: string };

/** Returns a token, or the reason if the variables allow none. The other calls are still useful then. */
async function tokenOrReason(make: () => Promise<string>): Promise<TokenOrReason> {
  try {
    return { token: await make() };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
