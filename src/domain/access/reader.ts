/** Somebody who presented a valid token. */
export interface Reader {
  /** `sub`; undefined where the token has none. */
  name: string | undefined;
  /** Distinct, none empty. */
  groups: readonly string[];
  /** In one of AUDITOR_GROUPS: sees every event, and every project's subscriptions. */
  isAuditor: boolean;
  /** Milliseconds since 1970: until when the token is good. */
  expiresAt: number;
}
