import type { BenchRuntime } from "../runtime.ts";
import type { Job, Scale } from "./plan.ts";
import type { Receiver } from "./receiver.ts";

/** What all experiments use. */
export interface Bench {
  runtime: BenchRuntime<Job>;
  receiver: Receiver;
  scale: Scale;
}

/** URLs of the receiver. Each URL is another destination. */
export function urlsAt({ receiver }: Bench, name: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${receiver.url}/${name}/${number}`);
}
