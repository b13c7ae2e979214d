/** The part of `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A token, or a function that returns one. The function is called before each request, so it should cache the token.
 * After a 401 it is called once more, with the rejected token.
 *
 * @example
 * const token: TokenSource = (rejected) => (rejected === undefined ? session.token : session.refresh());
 */
export type TokenSource = string | ((rejected?: string) => string | Promise<string>);

/**
 * Adds the token to requests of `send`. After a 401, sends the request once more if the source returns another token.
 */
export function authorized(send: Fetch, source: TokenSource): Fetch {
  const getToken = async (rejected?: string) => (typeof source === "string" ? source : source(rejected));
  return async (url, init) => {
    const token = await getToken();
    const response = await send(url, withToken(init, token));
    if (response.status !== 401) return response;
    const renewed = await getToken(token);
    if (renewed === token) return response;
    await response.body?.cancel();
    return send(url, withToken(init, renewed));
  };
}

function withToken(init: RequestInit, token: string): RequestInit {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${token}`);
  return { ...init, headers };
}
