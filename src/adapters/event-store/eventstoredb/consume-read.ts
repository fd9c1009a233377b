import type { StreamingRead } from '@eventstore/db-client';
import { RunningTimer } from './running-timer.js';

/**
 * Hands over the items of a read as they come; resolves at its end. Rejects with the read's error,
 * the listener's or the signal's reason, or with NothingCame after too long: the client itself
 * waits for ever.
 */
export function consumeRead<Item>(
  read: StreamingRead<Item>,
  { silenceMsMax, signal }: ReadLimits,
  onItem: (item: Item) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const rest = (): void => {
      timer.clear();
      signal?.removeEventListener('abort', onAbort);
    };
    const stop = (error: Error): void => {
      rest();
      read.removeListener('data', onData);
      // This rejects if the read could not begin, which its error has told.
      read.cancel().catch(() => undefined);
      reject(error);
    };
    const onAbort = (): void => {
      stop(signal?.reason as Error);
    };
    const timer = new RunningTimer(silenceMsMax, () => {
      stop(new NothingCame(silenceMsMax));
    });
    const onData = (item: Item): void => {
      timer.refresh();
      try {
        onItem(item);
      } catch (error) {
        stop(error as Error);
      }
    };
    read.on('data', onData);
    // An error may come late, or twice; an error without a listener ends the process.
    read.on('error', stop);
    read.on('end', () => {
      rest();
      resolve();
    });
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
  });
}

/** The reader gave a read up, since nothing came of it any more. */
export class NothingCame extends Error {
  constructor(silenceMs: number) {
    super(`nothing came for ${String(silenceMs)} ms`);
    this.name = 'NothingCame';
  }
}

/** The limits of a read. */
export interface ReadLimits {
  /** The time in milliseconds for which nothing may come. */
  readonly silenceMsMax: number;
  /** Gives the read up. */
  readonly signal?: AbortSignal | undefined;
}
