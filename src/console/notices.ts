const NOTICES = {
  added: "Added. Send it a test to see that it arrives.",
  saved: "Saved.",
  enabled: "Enabled. What was held is on its way.",
  disabled: "Disabled. Nothing is attempted until it is enabled again, and nothing is lost.",
  deleted: "Deleted. What was waiting for it is cancelled.",
};
type NoticeName = keyof typeof NOTICES;

/** The address of a page that says what has just been done, and is begun at there. */
export function withNotice(path: string, name: NoticeName): string {
  return `${path}?notice=${name}#notice`;
}

/** What an address has to say; nothing for words that are none of ours. */
export function noticeOf(name: string | undefined): string | undefined {
  return Object.entries(NOTICES).find(([known]) => known === name)?.[1];
}
