import type { ReaderClaims } from "../../scripts/reader-token.ts";

export const AUDITORS = "auditors";

/** Sees every event. */
export const auditor: ReaderClaims = { user: "ruth", groups: [AUDITORS] };
