import { type AppError, PROBLEMS } from "../../errors.ts";
import { canBeMended, QueryErrorForm } from "./query-error-form.tsx";
import { Layout } from "./layout.tsx";
import { UserText } from "./untrusted-text.tsx";

const TITLES: Partial<Record<AppError["code"], string>> = {
  "not-found": "There is nothing here",
  unauthenticated: "You are not signed in",
  forbidden: "That is not allowed",
  conflict: "That cannot be done now",
  unavailable: "Tidings cannot answer right now",
};

interface Failure {
  error: AppError;
  /** Of the page that was asked for; undefined where a form was sent. */
  url: URL | undefined;
  /** Where to go on. */
  back: string;
  requestId: string;
}

/** A refusal, for people. */
export function FailurePage({ error, url, back, requestId }: Failure) {
  const title = TITLES[error.code] ?? PROBLEMS[error.code].title;
  return (
    <Layout title={title}>
      <section class="empty failure">
        <h1>{title}</h1>
        <What error={error} url={url} />
        <p>
          <a href={back}>{back === "/" ? "To the newest events" : "Back to where you were"}</a>
        </p>
        <p class="aside">
          Request <code>{requestId}</code>
        </p>
      </section>
    </Layout>
  );
}

/** People do not see headers: of what passes, they are told when. */
function What({ error, url }: Pick<Failure, "error" | "url">) {
  const seconds = error.headers["Retry-After"];
  if (seconds !== undefined) return <p>Try again in {seconds === "1" ? "a second" : `${seconds} seconds`}.</p>;
  const { faults } = error;
  if (url !== undefined && canBeMended({ url, faults })) return <QueryErrorForm url={url} faults={faults} />;
  return faults.length === 0 ? (
    <p>
      <UserText text={error.message} />
    </p>
  ) : (
    <Faults error={error} />
  );
}

function Faults({ error: { faults } }: { error: AppError }) {
  return (
    <ul>
      {faults.map(({ path, message }) => (
        <li>
          <b>
            <UserText text={path} />
          </b>{" "}
          <UserText text={message} />
        </li>
      ))}
    </ul>
  );
}
