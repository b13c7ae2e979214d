import { accessSync, constants, readFileSync } from "node:fs";
import { checkEvents, EntryRows } from "./check-events.js";
import { checkLog } from "./check-log.js";
import { Fault, parseOptions, run, showProgress, UsageError } from "./command-line.js";
import { openLog } from "./log-files.js";
import { openCheckpoint, parseKey } from "./signed-checkpoint.js";

const USAGE = `Usage: verify-log --url URL [--token TOKEN] [--key VKEY] [--known FILE] [--events FILE] [--complete [FROM]]

  --url URL          the service whose log is downloaded and checked, for example https://tidings.example.com
  --token TOKEN      the token of a reader, if the log is not public; or set TIDINGS_TOKEN
  --key VKEY         the log's public key, NAME+ID+BASE64. Without it, the key of the service is used
  --known FILE       an older checkpoint that you kept. The log must extend it
  --events FILE      a listing with "Accept: application/x-ndjson; openings=1". Each line must be in the log
  --complete [FROM]  from index FROM on (default: 0), each entry must have a line in --events
  --timeout SECONDS  how long one request may take (default: 30)

Exit code: 0 if everything is correct, 1 after the first fault, 2 if the options are wrong.`;

await run(USAGE, async (args) => {
  const { url, token, timeoutSeconds, key: givenKey, known: knownNote, events, completeFrom } = parseCommand(args);
  const find = openLog(url, token, timeoutSeconds);
  const readNote = async (/** @type {string} */ path) => {
    const note = await find(path, 256 * 1024);
    if (note) return note;
    throw new Fault(`${url}${path} is missing (404). The service has no log, or --url is not the service.`);
  };
  const keyText = givenKey ?? (await readNote("/log/key")).toString().trim();
  const key = await parseKey(keyText, givenKey ? UsageError : Fault);
  const newest = await openCheckpoint(await readNote("/log/checkpoint"), key, "the newest checkpoint");
  const known = knownNote ? await openCheckpoint(knownNote, key, "the known checkpoint") : undefined;
  const rows = events ? new EntryRows() : undefined;
  const lastId = await checkLog(find, newest, known, (entries, size) => {
    rows?.append(entries);
    showProgress(`${size} of ${newest.size} entries`);
  });
  const report = [`The log ${key.name} has ${newest.size} entries and the root ${newest.root.toString("base64")}.`];
  report.push(`The key ${key.text} signed its checkpoint.`);
  if (!givenKey) report.push("WARNING: the service named this key itself. Compare it with the key that you trust.");
  if (newest.size > 0) report.push(`All entries, up to ID ${lastId}, and all tiles were checked: they have this root.`);
  if (known) report.push(`It extends the known checkpoint, which has ${known.size} entries.`);
  if (events && rows) {
    const { lines, entries, waiting } = await checkEvents(events, rows, completeFrom);
    report.push(`Of ${lines} lines of ${events}, ${lines - waiting} are events of ${entries} entries, unchanged.`);
    if (waiting > 0) report.push(`WARNING: ${waiting} lines are events that are not yet in the log.`);
    if (completeFrom !== undefined) report.push(`Each entry from index ${completeFrom} on has a line.`);
  }
  return report;
});

/** @param {string[]} args */
function parseCommand(args) {
  const full = args.map((arg, at) => (arg === "--complete" && !/^\d/.test(args[at + 1] ?? "") ? `${arg}=0` : arg));
  const options = parseOptions(full, ["url", "token", "key", "known", "events", "complete", "timeout"]);
  const { token = process.env["TIDINGS_TOKEN"], key, events, complete, timeout = "30" } = options;
  const url = options.url?.replace(/\/+$/, "") ?? "";
  const timeoutSeconds = Number(timeout);
  if (!/^https?:\/\/[^\s?#]+$/.test(url)) throw new UsageError("--url is missing, or is not of the form https://HOST.");
  if (token && /[^\x21-\x7e]/.test(token))
    throw new UsageError("The token contains a character that a token cannot contain.");
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 3600)) throw new UsageError("--timeout is not a number of seconds.");
  if (complete && !events) throw new UsageError("--complete needs --events.");
  if (complete && !/^\d{1,15}$/.test(complete)) throw new UsageError("--complete is not an index.");
  if (events) accessSync(events, constants.R_OK);
  const known = options.known ? readFileSync(options.known) : undefined;
  return { url, token, key, known, events, completeFrom: complete ? Number(complete) : undefined, timeoutSeconds };
}
