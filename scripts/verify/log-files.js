import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "./command-line.js";

/**
 * Resolves with undefined if there is no such file.
 * @typedef {(path: string, maxBytes: number) => Promise<Buffer | undefined>} FindFile
 */
const ATTEMPTS = 4;
const MAX_WAIT_SECONDS = 60;

/**
 * Returns a function that downloads files of the log. No cache responds to it, because each run has a new query.
 * @param {string} url @param {string | undefined} token @param {number} timeoutSeconds
 * @returns {FindFile}
 */
export function openLog(url, token, timeoutSeconds) {
  const query = `nocache=${crypto.randomUUID()}`;
  const headers = { "cache-control": "no-cache", ...(token && { authorization: `Bearer ${token}` }) };
  return async (path, maxBytes) => {
    let [problem, waitSeconds] = ["", 1];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (attempt > 1) await sleep(waitSeconds * 1000);
      try {
        const signal = AbortSignal.timeout(timeoutSeconds * 1000);
        const response = await fetch(`${url}${path}?${query}`, { headers, redirect: "manual", signal });
        if (response.status === 200) return await readBody(response, maxBytes, path);
        await response.body?.cancel();
        if (response.status === 404) return undefined;
        problem = response.status === 401 ? "needs --token or TIDINGS_TOKEN" : `responded with ${response.status}`;
        if (response.status !== 429 && response.status < 502) break;
        waitSeconds = Math.min(Number(response.headers.get("retry-after") ?? 1) || 0, MAX_WAIT_SECONDS);
      } catch (error) {
        if (error instanceof Fault) throw error;
        const { name, message, cause } = /** @type {Error & { cause?: { code?: string, message?: string } }} */ (error);
        problem = `cannot be read: ${cause?.message || cause?.code || message}`;
        if (name === "TimeoutError") problem = `did not respond within ${timeoutSeconds} seconds`;
      }
    }
    throw new Fault(`${path} ${problem}.`);
  };
}

/** @param {Response} response @param {number} maxBytes @param {string} path */
async function readBody({ body }, maxBytes, path) {
  const chunks = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Fault(`${path} is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
