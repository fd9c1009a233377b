import { PlayheadError } from '../domain/errors.js';
import { isTime, SECOND_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import type { ProjectionLag, ProjectionProgress } from '../ports/projection-control.js';
import { TimeLimitedLog } from './time-limited-log.js';

/** How long the log is waited for by whoever asks for the lag. */
const LOG_MS_MAX = 3 * SECOND_MS;
/** A projector tells of itself every second; one that does not for so long is not heard of. */
const SILENCE_MS_MAX = 5 * SECOND_MS;
/** Events looked at for one of ours: the store may hold those of others. */
const LOOK_LENGTH = 100;

/** What is known of the projections, and when that was told. */
export interface Told {
  readonly progress: readonly ProjectionProgress[];
  /** Epoch milliseconds. */
  readonly heardAt: number;
}

/**
 * How far behind projections are now. It needs no store that is in reach, and believes nobody: what
 * the log holds is asked of the log, and a projector that says nothing is behind.
 */
export async function lagOf(
  { progress, heardAt }: Told,
  log: EventLog,
  clock: Clock,
): Promise<readonly ProjectionLag[]> {
  const prompt = new TimeLimitedLog(log, LOG_MS_MAX);
  // What is appended after this, the head may not show.
  const askedAt = clock.now();
  const head = await known(prompt.head());
  /** Since when a projector is behind that does not say so. */
  const unheardSince = async (scanned: number): Promise<number | undefined> => {
    if (head !== undefined && scanned >= head) return undefined;
    const oldest = head === undefined ? undefined : await oldestAfter(scanned, prompt);
    return oldest ?? (clock.now() - heardAt > SILENCE_MS_MAX ? heardAt : undefined);
  };
  return Promise.all(
    progress.map(async (one) => {
      const { scanned, rebuild } = one;
      const since = one.behindSince ?? (await unheardSince(scanned));
      const lagMs = since === undefined ? 0 : clock.now() - since;
      // Where the log does not confirm it, what a projector said is true of when it said it.
      const isAtHead = head !== undefined && scanned >= head;
      const asOf = Math.min(askedAt, since ?? (isAtHead ? askedAt : heardAt));
      const lagEvents = head === undefined ? undefined : await known(prompt.countAfter(scanned));
      const rebuildShare = rebuild.building && shareOf(rebuild.building.scanned, head);
      const lagSeconds = Math.max(0, lagMs) / SECOND_MS;
      return { ...one, lagSeconds, asOf, lagEvents, rebuildShare };
    }),
  );
}

/** When the first event of ours after a position was stored, if there is one near it. */
async function oldestAfter(position: number, log: EventLog): Promise<number | undefined> {
  const page = await known(log.readAll(position, LOOK_LENGTH));
  return page?.events.find(({ recordedAt }) => isTime(recordedAt))?.recordedAt;
}

const shareOf = (scanned: number, head = scanned): number =>
  head === LOG_START ? 1 : Math.min(1, scanned / head);

/** What a log says; undefined while it is out of reach. */
async function known<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof PlayheadError && error.code === 'STORE_UNAVAILABLE') return undefined;
    throw error;
  }
}
