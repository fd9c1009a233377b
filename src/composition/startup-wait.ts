import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.js';
import { backOffMs } from '../domain/back-off.js';
import { messageWithCauses } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { OperatorLog } from '../ports/operator-log.js';
import { openStores, type Stores } from './stores.js';

/** A signal ended the server before it had started. */
export class Interrupted extends Error {
  constructor() {
    super('the start was interrupted');
    this.name = 'Interrupted';
  }
}

const PAUSE = { minMs: SECOND_MS, maxMs: 8 * SECOND_MS };

/**
 * Opens the stores that the settings name. It tries again while a store is out of reach, for as
 * long as the settings say, so that an operator can start everything at once in any order.
 */
export async function openStoresInTime(
  config: Config,
  log: OperatorLog,
  signal: AbortSignal,
): Promise<Stores> {
  const deadline = performance.now() + config.startupWaitSeconds * SECOND_MS;
  for (let failures = 0; ; failures += 1) {
    try {
      return await unlessInterrupted(openStores(config, log), signal);
    } catch (error) {
      const leftMs = deadline - performance.now();
      if (!isOutOfReach(error) || leftMs <= 0) throw error;
      const waitMs = Math.min(backOffMs(PAUSE, failures), leftMs);
      log.warn(
        `${messageWithCauses(error)}; the start tries again in ${inSeconds(waitMs)}, ` +
          `for ${inSeconds(leftMs)} more`,
      );
      await pause(waitMs, undefined, { signal }).catch(() => {
        throw new Interrupted();
      });
    }
  }
}

/** Looks at the code, as errors from threads have lost their class. */
const isOutOfReach = (error: unknown): boolean =>
  (Object(error) as { readonly code?: unknown }).code === 'STORE_UNAVAILABLE';

const inSeconds = (milliseconds: number): string =>
  `${String(Math.ceil(milliseconds / SECOND_MS))} s`;

/** The time that an interrupted start gives a try under way to end in order. */
const INTERRUPTED_MS = 2 * SECOND_MS;

/** Rejects soon after an interruption: a silent store's try is left alone, not waited for. */
async function unlessInterrupted(opening: Promise<Stores>, signal: AbortSignal): Promise<Stores> {
  let timer: NodeJS.Timeout | undefined;
  const interruption = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        timer = setTimeout(() => {
          reject(new Interrupted());
        }, INTERRUPTED_MS);
      },
      { once: true },
    );
  });
  try {
    const stores = await Promise.race([opening, interruption]);
    if (!signal.aborted) return stores;
    await stores.abandon();
    throw new Interrupted();
  } finally {
    clearTimeout(timer);
  }
}
