/** A person or program with a valid token. */
export interface Reader {
  /** The token's `sub`, if it has one. */
  name: string | undefined;
  /** Distinct, none empty. */
  groups: readonly string[];
  /** In one of AUDITOR_GROUPS: sees every event, and every project's subscriptions. */
  isAuditor: boolean;
  /** When the token expires, in milliseconds since 1970. */
  expiresAt: number;
}
