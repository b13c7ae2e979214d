import { Layout } from "../frame/layout.tsx";

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
      <form class="sign-in" method="post" action="/sign-in">
        <h1>Sign in</h1>
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
          autofocus
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
    </Layout>
  );
}
