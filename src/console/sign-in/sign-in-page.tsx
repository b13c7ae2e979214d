import type { Child } from "hono/jsx";
import { Layout } from "../shared/layout.tsx";
import { usePage } from "../shared/page-context.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface SignIn {
  /** Where to go on to. */
  to: string;
  /** What was wrong with the token that was sent. */
  fault?: string | undefined;
  /** Why the page is seen again. */
  notice?: string | undefined;
}

export function SignInPage({ to, fault, notice }: SignIn) {
  return (
    <Layout title={fault === undefined ? "Sign in" : "Not signed in"}>
      <SignInForm to={to} fault={fault} notice={notice} focused>
        <h1>Sign in</h1>
      </SignInForm>
    </Layout>
  );
}

/** For a visitor who is signed in already. A redirect could lead in a circle: a browser may send other cookies to `to`. */
export function SignedInPage({ to }: Pick<SignIn, "to">) {
  const { visitor } = usePage();
  return (
    <Layout title="Signed in">
      <section class="empty">
        <h1>
          You are signed in
          {visitor?.name !== undefined && (
            <>
              {" "}
              as <UserText text={visitor.name} />
            </>
          )}
        </h1>
        <p>
          <a href={to}>{to === "/" ? "To the newest events" : "Continue to the page that you came from"}</a>
        </p>
        {visitor?.maySignOut && (
          <p class="aside">
            If signing out does not end this, another service of this domain has set the cookie X-Escape-Token, and only
            that service or the browser's settings can remove it.
          </p>
        )}
      </section>
      {visitor?.maySignOut && (
        <SignInForm to={to}>
          <h2>Sign in with another token</h2>
        </SignInForm>
      )}
    </Layout>
  );
}

interface Form extends SignIn {
  /** Whether the page is about the form alone. */
  focused?: boolean;
  /** The heading. */
  children?: Child;
}

function SignInForm({ to, fault, notice, focused = false, children }: Form) {
  return (
    <form class="sign-in" method="post" action="/sign-in">
      {children}
      {notice !== undefined && <p role="status">{notice}</p>}
      <label for="token">Your token</label>
      <p id="hint" class="aside">
        A JSON Web Token, as your platform gives it out. It stays in this browser until it expires or you sign out.
      </p>
      <input
        id="token"
        name="token"
        type="password"
        required
        autofocus={focused}
        autocomplete="off"
        aria-describedby={fault === undefined ? "hint" : "fault hint"}
        {...(fault !== undefined && { "aria-invalid": "true" })}
      />
      {fault !== undefined && (
        <p id="fault" class="fault">
          {fault}
        </p>
      )}
      <input type="hidden" name="to" value={to} />
      <button>Sign in</button>
    </form>
  );
}
