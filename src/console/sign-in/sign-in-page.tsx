import type { Child } from "hono/jsx";
import { Layout } from "../shared/layout.tsx";
import { usePage } from "../shared/page-context.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface SignInProps {
  /** The path to redirect to afterwards. */
  to: string;
  /** What is wrong with the token that was sent. */
  fault?: string | undefined;
  /** Why the visitor is not signed in. */
  notice?: string | undefined;
}

export function SignInPage({ to, fault, notice }: SignInProps) {
  return (
    <Layout title={fault === undefined ? "Sign in" : "Not signed in"}>
      <SignInForm to={to} fault={fault} notice={notice} isFocused>
        <h1>Sign in</h1>
      </SignInForm>
    </Layout>
  );
}

/**
 * For a visitor who is already signed in. A redirect to `to` could loop, because a browser can send other cookies
 * there.
 */
export function SignedInPage({ to }: Pick<SignInProps, "to">) {
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
          <a href={to}>{to === "/" ? "Go to the newest events" : "Continue to the previous page"}</a>
        </p>
        {visitor?.maySignOut && (
          <p class="muted">
            If you are still signed in after signing out, another service on this domain has set the cookie
            X-Escape-Token. Sign out there, or remove the cookie in the browser's settings.
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

interface SignInFormProps extends SignInProps {
  /** True if the token field gets the focus. */
  isFocused?: boolean;
  /** The heading. */
  children?: Child;
}

function SignInForm({ to, fault, notice, isFocused = false, children }: SignInFormProps) {
  return (
    <form class="sign-in" method="post" action="/sign-in">
      {children}
      {notice !== undefined && <p role="status">{notice}</p>}
      <label for="token">Your token</label>
      <p id="hint" class="muted">
        A JSON Web Token from your platform. This browser keeps it until it expires or you sign out.
      </p>
      <input
        id="token"
        name="token"
        type="password"
        required
        autofocus={isFocused}
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
