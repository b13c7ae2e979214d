/** Milliseconds. The runtime's clock need not go on while nothing comes from outside. */
export async function now(): Promise<number> {
  await scheduler.wait(0);
  return performance.now();
}
