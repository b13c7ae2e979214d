/** What became of one attempt to deliver. */
export type Outcome =
  | { kind: "delivered" }
  | { kind: "retry"; reason: string; afterSeconds?: number } // afterSeconds: the receiver's own wish
  | { kind: "refused"; reason: string } // this message, never
  | { kind: "gone"; reason: string }; // any message, never
