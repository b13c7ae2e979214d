import { defineConfig, type OxlintOverride } from "oxlint";

/**
 * The rooms of `src` and the files beside them, from the bottom to the top. A room may import the rooms in `imports`, and
 * types of the rooms in `types`. Every other import of `src` is refused. `instead` says what to do instead of the import.
 */
const ROOMS: Record<string, { imports: string[]; types?: string[]; instead: string }> = {
  lib: {
    imports: [],
    instead: "src/lib contains small tools that know nothing of this service. Pass the value as an argument.",
  },
  "errors.ts": {
    imports: ["lib"],
    instead: "Every room imports src/errors.ts, so it may import only src/lib.",
  },
  tlog: {
    imports: ["lib"],
    instead:
      "src/tlog contains formats and tree arithmetic without I/O, and could be a package. Pass bytes and numbers to it.",
  },
  segments: {
    imports: ["lib"],
    instead: "src/segments contains the formats of the archive, without I/O. Pass texts, bytes and numbers to it.",
  },
  schemas: {
    imports: ["tlog", "errors.ts", "lib"],
    instead: "src/schemas describes the values of the API. Move a rule that needs more than the value to src/domain.",
  },
  "config.ts": {
    imports: ["schemas", "errors.ts", "lib"],
    instead: "src/config.ts parses variables. Describe their values in src/schemas/variables.ts.",
  },
  "event-text": {
    imports: ["schemas", "errors.ts", "lib"],
    instead: "src/event-text formats one event for people. Pass the other values as arguments.",
  },
  store: {
    imports: ["segments", "schemas", "errors.ts", "lib"],
    types: ["config.ts"],
    instead: "src/store contains SQL statements. Move the rule to src/domain, and pass its result as an argument.",
  },
  bucket: {
    imports: ["segments", "errors.ts", "lib"],
    instead: "src/bucket holds the calls to R2. Move the rule to src/domain, and pass its result as an argument.",
  },
  channels: {
    imports: ["event-text", "schemas", "errors.ts", "lib"],
    instead:
      "src/channels builds and sends one message and classifies the response. Let src/domain read the value and pass it.",
  },
  domain: {
    imports: ["store", "bucket", "channels", "event-text", "segments", "tlog", "schemas", "errors.ts", "lib"],
    types: ["context.ts", "config.ts"],
    instead: "src/domain uses neither HTTP nor queues. Take the value as an argument, or from the Context.",
  },
  auth: {
    imports: ["config.ts", "schemas", "errors.ts", "lib"],
    types: ["context.ts", "domain"],
    instead: "src/auth finds out who sends a request. Decide in src/domain/access what the sender may do.",
  },
  http: {
    imports: ["auth", "domain", "event-text", "segments", "schemas", "errors.ts", "lib"],
    types: ["context.ts", "config.ts", "store"],
    instead:
      "src/http contains code that src/api and src/console share. Call a verb of src/domain, or move the code to the room that needs it.",
  },
  api: {
    imports: ["http", "auth", "domain", "event-text", "schemas", "config.ts", "errors.ts", "lib"],
    types: ["context.ts", "store"],
    instead:
      "src/api parses a request and calls one verb of src/domain. If src/console needs the code too, move it to src/http.",
  },
  console: {
    imports: ["http", "auth", "domain", "event-text", "schemas", "errors.ts", "lib"],
    types: ["context.ts", "config.ts", "store"],
    instead:
      "src/console calls verbs of src/domain and renders what they return. If src/api needs the code too, move it to src/http.",
  },
  queue: {
    imports: ["domain", "schemas", "errors.ts", "lib"],
    types: ["context.ts", "config.ts"],
    instead: "src/queue parses messages and calls verbs of src/domain.",
  },
  client: {
    imports: ["lib/retry-after.ts"],
    types: ["api", "schemas", "errors.ts", "lib"],
    instead: "src/client runs in other programs, also in browsers. Copy the few lines that it needs.",
  },
  "context.ts": {
    imports: ["queue", "domain", "store", "bucket", "channels", "schemas", "config.ts", "errors.ts", "lib"],
    instead:
      "src/context.ts opens what one invocation uses. Move code about HTTP to src/http, and code that connects rooms to src/index.ts.",
  },
  "index.ts": {
    imports: ["api", "console", "queue", "domain", "context.ts", "config.ts", "errors.ts", "lib"],
    instead: "src/index.ts is the Worker's entry point. It connects the rooms, and no file imports it.",
  },
};

/** For each room with folders: its folders, and which other folders each of them may import. */
const FOLDERS: Record<string, Record<string, string[]>> = {
  store: {
    tables: [],
    archive: ["tables"],
    events: ["tables", "archive"],
    subscriptions: ["tables"],
    log: ["tables", "archive", "events"],
    deliveries: ["tables", "archive", "events", "subscriptions", "log"],
    recording: ["tables", "events", "subscriptions", "deliveries"],
    streams: ["tables"],
  },
  domain: {
    access: [],
    archive: ["access"],
    events: ["access", "archive"],
    subscriptions: ["access", "events"],
    log: ["access", "archive", "events"],
    deliveries: ["access", "archive", "events", "subscriptions", "log"],
    moving: ["access", "archive", "events", "log"],
    streams: ["access", "archive", "events"],
  },
};

/** The rooms that respond to readers. They must not import a file with rows that contain signing secrets, not even types. */
const WITHOUT_SECRETS = new Set(["http", "api", "console", "queue"]);
const FILES_WITH_SECRETS = [
  "**/store/tables/**",
  "**/store/subscriptions/**",
  "**/store/deliveries/**",
  "**/store/streams/**",
  "**/domain/subscriptions/{owned-row,plan-replacement,rewrite-set}.ts",
  "**/domain/streams/{rewrite-stream,stream-target}.ts",
];

type Pattern = { group: string[]; message: string; allowTypeImports?: boolean };

/** The refused imports of a room: one pattern for each other room, so that the message names both rooms. */
function refusedRooms(room: string): Pattern[] {
  const { imports, types = [], instead } = ROOMS[room] ?? { imports: [], instead: "" };
  return Object.keys(ROOMS)
    .filter((other) => other !== room && !imports.includes(other))
    .map((other) => {
      const group = [
        toGlob(other),
        ...imports.filter((path) => path.startsWith(`${other}/`)).map((path) => `!**/${path}`),
      ];
      return types.includes(other)
        ? {
            group,
            message: `src/${room} may import only types from src/${other}: write "import type". ${instead}`,
            allowTypeImports: true,
          }
        : { group, message: `src/${room} must not import src/${other}. ${instead}` };
    });
}

function refusedSecrets(room: string): Pattern[] {
  if (!WITHOUT_SECRETS.has(room)) return [];
  const message =
    `src/${room} must not import rows with signing secrets, not even as a type, because the secrets could get into a response. ` +
    "Use the values that the verbs of src/domain/subscriptions and src/domain/streams return.";
  return [{ group: FILES_WITH_SECRETS, message }];
}

function refusedFolders(room: string, folder: string): Pattern[] {
  const folders = FOLDERS[room] ?? {};
  return Object.keys(folders)
    .filter((other) => other !== folder && !folders[folder]?.includes(other))
    .map((other) => ({
      group: [`../${other}/**`, `**/${room}/${other}/**`],
      message:
        `src/${room}/${folder} must not import src/${room}/${other}: the folders of src/${room} import each other in one direction only. ` +
        `Move the code that both need to a folder that both may import.`,
    }));
}

function toGlob(room: string): string {
  return room.endsWith(".ts") ? `**/${room}` : `**/${room}/**`;
}

function restrictImports(files: string[], patterns: Pattern[]): OxlintOverride {
  return { files, rules: { "typescript/no-restricted-imports": ["error", { patterns }] } };
}

export default defineConfig({
  plugins: ["typescript", "unicorn", "import", "promise", "oxc"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true, denyWarnings: true },
  ignorePatterns: ["src/worker-configuration.d.ts"],
  rules: {
    "import/no-cycle": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-unsafe-type-assertion": "off",
    "eslint/no-await-in-loop": "off",
    "typescript/consistent-return": "off",
    "oxc/no-map-spread": "off",
    "eslint/no-underscore-dangle": "off",
  },
  overrides: [
    ...Object.keys(ROOMS).map((room) =>
      restrictImports(
        [room.endsWith(".ts") ? `src/${room}` : `src/${room}/**`],
        [...refusedRooms(room), ...refusedSecrets(room)],
      ),
    ),
    // A later override replaces an earlier one, so a folder repeats the patterns of its room.
    ...Object.entries(FOLDERS).flatMap(([room, folders]) =>
      Object.keys(folders).map((folder) =>
        restrictImports([`src/${room}/${folder}/**`], [...refusedRooms(room), ...refusedFolders(room, folder)]),
      ),
    ),
    restrictImports(
      ["scripts/verify/**"],
      [
        {
          group: ["**", "!./*", "!node:*", "!node:*/*"],
          message:
            "scripts/verify imports only its own files and node: modules, so that an auditor needs to read and trust nothing else.",
        },
      ],
    ),
    // The only file of src/http that may open the Context.
    { files: ["src/http/app-env.ts"], rules: { "typescript/no-restricted-imports": "off" } },
    {
      files: ["src/api/**", "src/http/**", "src/channels/**", "src/domain/events/**", "src/lib/log.ts"],
      rules: {
        "eslint/no-restricted-properties": [
          "error",
          {
            object: "JSON",
            property: "stringify",
            message:
              "Use `writeJson` of src/lib/json-writer.ts. It escapes characters that some programs read as line breaks.",
          },
          {
            object: "c",
            property: "json",
            message: "Use `jsonResponse` of src/http/json-response.ts. It writes the body with `writeJson`.",
          },
        ],
      },
    },
    { files: ["test/**"], rules: { "unicorn/consistent-function-scoping": "off" } },
  ],
});
