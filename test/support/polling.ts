import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 20;

/** Asks until the answer is the wanted one; throws if that takes so long that it hangs. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 180_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not so within ${String(timeoutMs)} ms`);
    await pause(PAUSE_MS);
  }
}
