import { example, type Example } from "./openapi-types.ts";

// The examples are of one log with two events, 1041 and 1042 from the other examples. A test verifies the parts against
// each other.

/** The fields have the order of the service's JSON, because the hashes in the log's entries depend on these bytes. */
const LOGGED_EVENTS = [
  '{"id":"1041","type":"UPDATE_STATE_PROJECT_USER_ACL","timestamp":"1763856000000000000",' +
    '"recorded_at":"2025-11-23T00:00:00.204Z","username":"ben","state_project":"webshop",' +
    '"allowed_groups":["project:webshop:global:owner"],"allowed_roles":["project:webshop:global:owner"]}',
  '{"id":"1042","type":"CREATE_STATE_DEPLOYMENT","timestamp":"1763859600123456789",' +
    '"recorded_at":"2025-11-23T01:00:00.871Z","username":"ann","inventory_project":"webshop",' +
    '"inventory_namespace":"webshop","inventory_application":"checkout","inventory_version":"2.4.0",' +
    '"state_project":"webshop","state_environment":"production","state_deployment":"checkout-eu",' +
    '"data":{"build":318,"region":"eu-west-1"}}',
] as const;

const OPENINGS = [
  "aicK6f2p5kGzzoW6fTtWqNaWG8ENXc7g7lZ9aoyIZfU=",
  "6eHqUxYPTilsQRW2HTYscQ6sRkLki8EJ58oPcjpGuBs=",
] as const;

export const A_LOG_KEY = "tidings.example.com/log+798cd54b+AWro56d1Oqdiz1MG4MZ+MdMP0AQ43nIhSLrO4mW2ZYiO\n";

export const A_CHECKPOINT = `\
tidings.example.com/log
2
y0C+Bhf9rsW7zt0esPMY7ligdqUGcb9A8LhcYreSsfA=

— tidings.example.com/log eYzVS8DG4SBzTDoar3NNYhn6q+UOie+Q+bAJrWZLSGyNAjZC1EyZei9X8kRx5xD3MzRT9EJLeLUWeZnvH94CvmG1zgI=
`;

/** `A_CHECKPOINT` in base64. */
export const A_CHECKPOINT_HEADER =
  "dGlkaW5ncy5leGFtcGxlLmNvbS9sb2cKMgp5MEMrQmhmOXJzVzd6dDBlc1BNWTdsaWdkcVVHY2I5QThMaGNZcmVTc2ZBPQoK4oCUIHRpZGluZ3MuZXhh" +
  "bXBsZS5jb20vbG9nIGVZelZTOERHNFNCelREb2FyM05OWWhuNnErVU9pZStRK2JBSnJXWkxTR3lOQWpaQzFFeVplaTlYOGtSeDV4RDNNelJUOUVKTGVM" +
  "VVdlWm52SDk0Q3ZtRzF6Z0k9Cg==";

/** The proof for event 1042. Its sibling is the leaf of event 1041. */
const A_PROOF = `\
c2sp.org/tlog-proof@v1
extra ${OPENINGS[1]}
index 1
xHyjVFkEvAia/wgkbj33n0C2hXFNwj6QRPfsxGg6h8s=

${A_CHECKPOINT}`;

/** The bundle tile/entries/000.p/2. Each entry has 92 bytes, so its length is a NUL and a backslash. */
const A_BUNDLE =
  "\u0000\\tidings/event/v1\n1041\n2025-11-23T00:00:00.204Z\nBO8pr3C7s/hzUGgsQEDcA4giGgnqrQTzEtsoGSmEkSQ=\n" +
  "\u0000\\tidings/event/v1\n1042\n2025-11-23T01:00:00.871Z\nyT62CNfW0KipDYpy/J+qarI5b9sUj851HFRg5zPWKsg=\n";

const OPENED_LINES = LOGGED_EVENTS.map(
  (event, index) => `{"index":${index},"opening":"${OPENINGS[index]}","event":${event}}\n`,
)
  .toReversed()
  .join("");

/** Examples of the log, by the names of their schemas. */
export const LOG_EXAMPLES = {
  OpenedEventLines: { lines: example("Two events", OPENED_LINES) },
  Checkpoint: { checkpoint: example("The checkpoint of a log with two events", A_CHECKPOINT) },
  LogKey: { key: example("A key", A_LOG_KEY) },
  Tile: { bundle: example("tile/entries/000.p/2, with two entries", A_BUNDLE) },
  EventProof: { proof: example("The proof for event 1042, which has index 1", A_PROOF) },
} satisfies Record<string, Record<string, Example>>;
