/** What the client needs of `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A token, or what gets one: asked before each request, so it should keep the token while that is good. `refused` is
 * the token that the service has just answered with 401.
 */
export type TokenSource = string | ((refused?: string) => string | Promise<string>);

/** `send` with the token. After a 401 the source is asked once more; that the same token is all it has is the end. */
export function authorized(send: Fetch, source: TokenSource): Fetch {
  const tokenAfter = async (refused?: string) => (typeof source === "string" ? source : source(refused));
  return async (url, init) => {
    const token = await tokenAfter();
    const response = await send(url, withToken(init, token));
    if (response.status !== 401) return response;
    const renewed = await tokenAfter(token);
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
