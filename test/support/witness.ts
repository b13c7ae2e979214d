import { inject } from "vitest";
import type { Witness } from "../../src/domain/log/ask-for-cosignature.ts";
import { parseVerifierKey } from "../../src/tlog/note-key.ts";
import type { WitnessBehaviour } from "../witness/serve.ts";

/** A new witness, in its own process, that trusts the logs with these verifier keys. */
export async function aWitness(...logKeys: string[]) {
  const url = `${inject("witnessUrl")}/${crypto.randomUUID()}`;
  const post = async (path: string, body: string) => void (await fetch(`${url}/${path}`, { method: "POST", body }));
  const vkey = await (await fetch(`${url}/key`)).text();
  const key = parseVerifierKey(vkey);
  if (key === undefined) throw new Error(`the witness gave a key that cannot be read: ${vkey}`);
  for (const logKey of logKeys) await post("logs", logKey);
  return {
    vkey,
    witness: { key, url } satisfies Witness,
    behave: (behaviour: WitnessBehaviour) => post("behaviour", JSON.stringify(behaviour)),
    /** The bodies of the requests that the witness got. */
    requests: async () => (await fetch(`${url}/requests`)).json<string[]>(),
    /** The newest checkpoint of a log that the witness has cosigned, as anybody can read it. */
    checkpointOf: async (origin: string) => {
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(origin));
      const response = await fetch(`${url}/${new Uint8Array(hash).toHex()}/checkpoint`);
      return response.ok ? response.text() : undefined;
    },
  };
}
