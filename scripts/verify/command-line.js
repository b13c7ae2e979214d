import { parseArgs } from "node:util";

/** A fault in the log, the proof or the events. The message describes it. */
export class Fault extends Error {}

/** The options of the command are wrong. */
export class UsageError extends Error {}

/** Other errors about the options: those of parseArgs, and of a file that cannot be opened. */
const USAGE_CODE = /^(ERR_PARSE_ARGS\w+|ENOENT|EACCES|EISDIR)$/;

/**
 * Prints the lines that a command returns, or its error, and sets the exit code.
 * @param {string} usage @param {(args: string[]) => Promise<string[]>} command
 */
export async function run(usage, command) {
  const args = process.argv.slice(2);
  try {
    const lines = args.includes("--help") ? [usage] : await command(args);
    showProgress("");
    console.log(lines.join("\n"));
  } catch (error) {
    showProgress("");
    const { message, code = "" } = /** @type {{ message: string, code?: string }} */ (error);
    const isUsage = error instanceof UsageError || USAGE_CODE.test(code);
    const text = isUsage ? `${message}\n\n${usage}\n` : `WRONG: ${message}\n`;
    // The process does not wait for downloads that are still in progress.
    process.stderr.write(text, () => process.exit(isUsage ? 2 : 1));
  }
}

/**
 * Parses the options of a command. Each option has a value. An option that is empty or given twice is an error, because
 * then something could be left unchecked.
 * @template {string} Name @param {string[]} args @param {readonly Name[]} names
 */
export function parseOptions(args, names) {
  const options = Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ("string") }]));
  const { values, tokens } = parseArgs({ args, options, tokens: true });
  if (Object.values(values).includes("")) throw new UsageError("An option has an empty value.");
  const given = tokens.map((token) => (token.kind === "option" ? token.name : ""));
  const twice = given.find((name, place) => given.indexOf(name) !== place);
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice.`);
  return /** @type {Partial<Record<Name, string>>} */ (values);
}

/** Shows a line on a terminal, in place of the line before it. @param {string} text */
export function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
