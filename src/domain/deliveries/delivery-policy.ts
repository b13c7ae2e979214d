import type { Config } from "../../config.ts";

/** The variables that an attempt goes by. */
export interface DeliveryPolicy {
  /** Waits in seconds. */
  retrySchedule: readonly number[];
  timeoutSeconds: number;
  allowLocalDestinations: boolean;
  publicUrl: string | undefined;
}

/** @throws AppError `misconfigured` */
export function deliveryPolicy(config: Config): DeliveryPolicy {
  return {
    retrySchedule: config.retrySchedule,
    timeoutSeconds: config.deliveryTimeoutSeconds,
    allowLocalDestinations: config.allowLocalDestinations,
    publicUrl: config.publicUrl,
  };
}
