import { parseArgs } from "node:util";

const DEFAULT_PORT = "8787";

export interface StartFlags {
  host: string;
  port: number;
  persistTo: string | undefined;
  envFiles: string[];
  /** Flags that are passed to `wrangler dev` unchanged. */
  rest: string[];
}

/**
 * Takes out the flags that `npm start` uses itself, as in `--port 9000` or `--port=9000`. The others are for wrangler.
 */
export function parseStartFlags(args: string[]): StartFlags {
  const { values, tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    options: {
      port: { type: "string" },
      "persist-to": { type: "string" },
      ip: { type: "string" },
      "env-file": { type: "string", multiple: true },
      "inspector-port": { type: "string" },
      "local-protocol": { type: "string" },
    },
  });
  if (values["local-protocol"] === "https")
    throw new Error("npm start supports only http. Leave out --local-protocol.");
  const rest = [...args];
  for (const token of tokens.toReversed()) {
    if (token.kind !== "option" || (token.name !== "port" && token.name !== "persist-to")) continue;
    rest.splice(token.index, token.inlineValue === false ? 2 : 1);
  }
  if (values["inspector-port"] === undefined) rest.push("--inspector-port", "0");
  return {
    host: urlHost(textOf(values.ip, "--ip") ?? "localhost"),
    port: parsePort(textOf(values.port, "--port") ?? DEFAULT_PORT),
    persistTo: textOf(values["persist-to"], "--persist-to"),
    envFiles: (values["env-file"] ?? []).map((file) => String(file)),
    rest,
  };
}

function textOf(value: string | boolean | undefined, flag: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "" || value.startsWith("--")) throw new Error(`${flag} needs a value.`);
  return value;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port < 1 || port > 65_535)
    throw new Error(`--port must be from 1 to 65535, not ${text}.`);
  return port;
}

/** The host to use in a URL: a server that listens on every address is reached at localhost. */
function urlHost(ip: string): string {
  return ["*", "0.0.0.0", "::"].includes(ip) ? "localhost" : ip;
}
