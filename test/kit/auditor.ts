import type { ReaderClaims } from "../../scripts/reader-token.ts";

export const AUDITORS = "auditors";

/** A reader who sees every event. */
export const auditor: ReaderClaims = { user: "ruth", groups: [AUDITORS] };
