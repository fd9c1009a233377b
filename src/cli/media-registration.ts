import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaFields } from '../api/media-fields.js';
import { backOffMs } from '../domain/back-off.js';
import { Refused } from './failure.js';
import { PATIENCE_MS, RETRY } from './patience.js';
import type { MediaRow } from './media-file.js';
import type { Remote } from './remote.js';

/** A media item as the server has it now. */
export interface Registered {
  readonly mediaId: string;
  readonly title: string;
  readonly thumbnail: string | null;
  readonly duration: number | null;
}

const REGISTRATION = `mutation ($input: MediaInput!) {
  registerMedia(input: $input) { mediaId title thumbnail duration }
}`;

export const registerMedia = (remote: Remote, input: MediaFields): Promise<Registered> =>
  remote.ask(REGISTRATION, { input });

export interface RegistrationOptions {
  readonly remote: Remote;
  readonly signal: AbortSignal;
  /** Called with the number of titles that are registered. */
  readonly onProgress: (done: number) => void;
}

/** Requests under way at once: enough to keep the server busy while answers travel. */
const IN_FLIGHT = 8;

/** Registers titles, several at a time; the first failure ends it with the count so far. */
export async function registerAll(
  rows: readonly MediaRow[],
  { remote, signal, onProgress }: RegistrationOptions,
): Promise<void> {
  const waiting = [...rows].reverse();
  const failures: { readonly line: number; readonly error: unknown }[] = [];
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let row = waiting.pop(); row && failures.length === 0; row = waiting.pop()) {
      const { line, fields } = row;
      try {
        await patiently(() => registerMedia(remote, fields), signal);
      } catch (error) {
        failures.push({ line, error });
        return;
      }
      done += 1;
      onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const [failure] = failures;
  if (failure === undefined) return;
  const { line, error } = failure;
  const why = signal.aborted ? 'interrupted' : `line ${String(line)}: ${(error as Error).message}`;
  const count = `${String(done)} of ${String(rows.length)} titles are registered`;
  throw new Error(`${why}; ${count}: run it again, the same twice is fine`, { cause: error });
}

/** Codes of errors that pass with time; to register again changes nothing. */
const AGAIN: ReadonlySet<string> = new Set([
  ...['RATE_LIMITED', 'OVERLOADED', 'READ_MODEL_BEHIND', 'STORE_UNAVAILABLE'],
  ...['TIMEOUT', 'CONFLICT'],
]);

/** Does some work, again while the server says that it can be done later. */
async function patiently(work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  const givenUpAt = Date.now() + PATIENCE_MS;
  for (let failures = 0; ; failures += 1) {
    const waitMs = backOffMs(RETRY, failures);
    try {
      await work();
      return;
    } catch (error) {
      const isPassing = error instanceof Refused && AGAIN.has(error.code);
      if (!isPassing || Date.now() + waitMs > givenUpAt) throw error;
    }
    await sleep(waitMs, undefined, { signal });
  }
}
