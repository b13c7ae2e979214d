import type { Child } from "hono/jsx";
import type { LogView, WitnessView } from "../../domain/log/describe-log.ts";
import type { KnownCheckpoint } from "../../domain/log/choose-checkpoint.ts";
import { Layout } from "../shared/layout.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface LogPageProps {
  log: LogView;
  /** Of this service. */
  origin: string;
}

export function LogPage({ log, origin }: LogPageProps) {
  return (
    <Layout title="Log" section="log">
      <h1>Verifiable log</h1>
      <p class="subtitle">
        Every event has an entry in this log. The log only grows: whoever keeps a checkpoint of today can prove later
        that no event from before it was changed or removed. The entries show how many events there are and when they
        were recorded, but not what the events say.
      </p>
      <Newest newest={log.newest} />
      <section id="key">
        <h2>Key</h2>
        <p class="muted">
          It verifies the log's signatures. Keep it: a key that you have kept protects you from a service that shows you
          another log.{" "}
          <a href="/log/key" download="log-key.txt">
            Download the key
          </a>
        </p>
        <Block label="Public key of the log">{log.publicKey}</Block>
      </section>
      <Witnesses witnesses={log.witnesses} />
      <HowToVerify origin={origin} log={log} />
    </Layout>
  );
}

function Newest({ newest }: { newest: KnownCheckpoint }) {
  return (
    <section id="checkpoint">
      <h2>Newest checkpoint</h2>
      {newest.isStopped && (
        <p class="fault" role="alert">
          The log is stopped: new events are recorded, but get no entry until an operator has repaired the log.
        </p>
      )}
      {newest.kind === "pending" ? (
        <p>There is none yet: the log first takes in the events of the past.</p>
      ) : (
        <>
          <p>
            {countEntries(newest.size)}, signed <RelativeTime at={newest.at} />.{" "}
            <a href="/log/checkpoint" download="checkpoint.txt">
              Download the checkpoint
            </a>
          </p>
          <Block label="Newest checkpoint">{newest.note}</Block>
        </>
      )}
    </section>
  );
}

function Witnesses({ witnesses }: Pick<LogView, "witnesses">) {
  const isCosigned = witnesses.some(({ cosigned }) => cosigned !== undefined);
  return (
    <section id="witnesses">
      <h2>Witnesses</h2>
      {witnesses.length === 0 ? (
        <p class="muted">
          None. A witness is a service of somebody else that signs each checkpoint it sees, if it extends those from
          before.
        </p>
      ) : (
        <ul>
          {witnesses.map((witness) => (
            <li>
              <Witness {...witness} />
            </li>
          ))}
        </ul>
      )}
      {isCosigned && (
        <p>
          <a href="/log/checkpoint?cosigned=1" download="checkpoint.txt">
            Download the newest checkpoint that a witness has signed
          </a>
        </p>
      )}
    </section>
  );
}

function Witness({ name, cosigned, failure }: WitnessView) {
  return (
    <>
      <UserText text={name} />{" "}
      {cosigned === undefined ? (
        "has not signed a checkpoint yet"
      ) : (
        <>
          signed the checkpoint of {countEntries(cosigned.size)} <RelativeTime at={cosigned.at} />
        </>
      )}
      {failure !== undefined && (
        <span class="muted">
          . The last attempt failed: <UserText text={failure} />
        </span>
      )}
    </>
  );
}

function HowToVerify({ origin, log: { publicKey, needsToken } }: LogPageProps) {
  const credential = needsToken ? `-H "Authorization: Bearer $TIDINGS_TOKEN" ` : "";
  return (
    <section id="verify">
      <h2>How to verify</h2>
      <p>
        The commands need Node.js 20 or later and the source code of Tidings, which somebody other than this service
        should give you. The verifier is a few files without dependencies, so you can read all of it.
        {needsToken && (
          <>
            {" "}
            Put your token into the variable <code>TIDINGS_TOKEN</code>.
          </>
        )}
      </p>
      <ol>
        <li>
          Check the whole log, and that it begins with the checkpoint that you kept. For the first check, leave out{" "}
          <code>--known checkpoint.txt</code>.
          <Block label="Command that checks the log">
            {`npm run --silent verify-log -- --url ${origin} --key "${publicKey}" --known checkpoint.txt`}
          </Block>
        </li>
        <li>
          Keep the newest checkpoint for the next check, where the operator of this service cannot change it.
          <Block label="Command that keeps the checkpoint">
            {`curl -f ${credential}-o checkpoint.txt ${origin}/log/checkpoint`}
          </Block>
        </li>
        <li>
          To prove a single event, open its page and use “Download proof”. The proof can be checked without this
          service.
        </li>
      </ol>
    </section>
  );
}

function countEntries(size: number): string {
  return `${size.toLocaleString("en")} ${size === 1 ? "entry" : "entries"}`;
}

/** Text to be copied as it is. It scrolls, so the keyboard must reach it. */
function Block({ label, children }: { label: string; children?: Child }) {
  return (
    <pre tabindex={0} aria-label={label}>
      {children}
    </pre>
  );
}
