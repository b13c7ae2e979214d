// A log of two events: 1041 and 1042, the two of the other examples. Its parts verify each other, which a test checks.

/** In the order of the service's own JSON, because the log's entries are made of these bytes. */
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

/** The same in base64. */
export const A_CHECKPOINT_HEADER =
  "dGlkaW5ncy5leGFtcGxlLmNvbS9sb2cKMgp5MEMrQmhmOXJzVzd6dDBlc1BNWTdsaWdkcVVHY2I5QThMaGNZcmVTc2ZBPQoK4oCUIHRpZGluZ3MuZXhh" +
  "bXBsZS5jb20vbG9nIGVZelZTOERHNFNCelREb2FyM05OWWhuNnErVU9pZStRK2JBSnJXWkxTR3lOQWpaQzFFeVplaTlYOGtSeDV4RDNNelJUOUVKTGVM" +
  "VVdlWm52SDk0Q3ZtRzF6Z0k9Cg==";

/** Of event 1042: its sibling is the leaf of event 1041. */
export const A_PROOF = `\
c2sp.org/tlog-proof@v1
extra ${OPENINGS[1]}
index 1
xHyjVFkEvAia/wgkbj33n0C2hXFNwj6QRPfsxGg6h8s=

${A_CHECKPOINT}`;

/** tile/entries/000.p/2. The length of each entry, 92, is two bytes: NUL and a backslash. */
export const A_BUNDLE =
  "\u0000\\tidings/event/v1\n1041\n2025-11-23T00:00:00.204Z\nBO8pr3C7s/hzUGgsQEDcA4giGgnqrQTzEtsoGSmEkSQ=\n" +
  "\u0000\\tidings/event/v1\n1042\n2025-11-23T01:00:00.871Z\nyT62CNfW0KipDYpy/J+qarI5b9sUj851HFRg5zPWKsg=\n";

export const OPENED_LINES = LOGGED_EVENTS.map(
  (event, index) => `{"index":${index},"opening":"${OPENINGS[index]}","event":${event}}\n`,
)
  .toReversed()
  .join("");
