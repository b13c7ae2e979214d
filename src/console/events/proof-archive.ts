import { tarArchive } from "../../lib/tar-archive.ts";

interface ProofFiles {
  id: string;
  /** The event as it is served, byte for byte. */
  json: string;
  /** A C2SP tlog-proof. */
  proof: string;
  publicKey: string;
  /** In milliseconds since 1970. */
  provedAt: number;
}

/**
 * Makes one file with everything that is needed to check an event offline. The file is a tar archive, because Linux,
 * macOS and Windows can unpack it without more software. A tar archive keeps the exact bytes of the event, unlike text
 * that is copied from a page.
 */
export function proofArchive({ id, json, proof, publicKey, provedAt }: ProofFiles): Uint8Array<ArrayBuffer> {
  const folder = `event-${id}`;
  return tarArchive(
    [
      { path: `${folder}/event.json`, text: json },
      { path: `${folder}/proof.txt`, text: proof },
      { path: `${folder}/key.txt`, text: `${publicKey}\n` },
      { path: `${folder}/README.txt`, text: explanation(folder, publicKey) },
    ],
    provedAt,
  );
}

function explanation(folder: string, publicKey: string): string {
  return `This folder proves that an event is in a log, and that nobody has changed the event since.

  event.json   the event, exactly as it was recorded
  proof.txt    the proof: the event's place in the log, and a checkpoint that the log has signed
  key.txt      the public key of the log

To check the proof, you need Node.js 20 or later and the source code of Tidings. You need no network. In the folder of
the source code, with this folder beside it:

  npm run --silent verify-proof -- --event ../${folder}/event.json --proof ../${folder}/proof.txt --key "${publicKey}"

The service that made this folder also wrote key.txt. So compare the key with the one that you got from the operator
in another way. The proof shows that the log has the event; to know that the operator shows everybody the same log,
compare the checkpoint at the end of proof.txt with the checkpoints that others have kept (docs/verifying.md).

proof.txt holds the event's opening. Whoever has it and the event can prove the event to others. Keep this folder as
confidential as the event.
`;
}
