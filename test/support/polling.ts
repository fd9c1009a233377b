import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 20;
const PAUSE_MS_MAX = 500;
/** How much longer than it is so a wait may take: whoever asks all the time keeps servers busy. */
const DELAY_SHARE = 0.1;

/** Asks until the answer is the wanted one; throws if that takes so long that it hangs. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 180_000,
): Promise<void> {
  const beganAt = Date.now();
  while (!(await isSo())) {
    const waitedMs = Date.now() - beganAt;
    if (waitedMs > timeoutMs) throw new Error(`not so within ${String(timeoutMs)} ms`);
    await pause(Math.min(Math.max(PAUSE_MS, waitedMs * DELAY_SHARE), PAUSE_MS_MAX));
  }
}
