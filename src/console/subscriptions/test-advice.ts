import type { TestAttempt } from "../../schemas/delivery.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";

/** What an owner may do about what came of a test. */
export function adviceOn({ outcome, status }: TestAttempt, type: SubscriptionType): string {
  switch (outcome) {
    case "delivered":
      return type === "slack"
        ? "Look for it in the channel."
        : "The receiver took it. Events will arrive as this sample did.";
    case "gone":
      return "The receiver wants nothing more. An event would have disabled this subscription: give it another URL.";
    case "refused":
      return "This cannot be sent as it is. Look at the URL and the other settings.";
    case "retry":
    case "lost":
      return adviceOnStatus(status);
  }
}

function adviceOnStatus(status: number | undefined): string {
  if (status === undefined) {
    return "There was no answer. Is the host's name right, is it up, and does it answer before the time is over?";
  }
  if (status < 400) return "Redirects are never followed: set the URL that it leads to.";
  if (status === 401 || status === 403)
    return "The receiver does not let us in. Is the URL's token right? Does it check the signature with the right secret?";
  if (status === 404 || status === 405) return "There is nothing at this URL that takes a POST. Is its path right?";
  if (status === 429) return "The receiver is asked too often. Events are tried again, when it says so.";
  if (status < 500) return "The receiver does not take it. Its answer and its logs may say why.";
  return "The receiver has failed: its logs may say why. Events are tried again, by a schedule.";
}
