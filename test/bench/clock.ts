/** The time in milliseconds. The runtime's clock may stand still without I/O, so this function waits for some I/O. */
export async function now(): Promise<number> {
  await scheduler.wait(0);
  return performance.now();
}
