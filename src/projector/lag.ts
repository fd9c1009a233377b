import { PlayheadError } from '../domain/errors.js';
import { isTime, SECOND_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import type { ProjectionLag, ProjectionProgress } from '../ports/projection-control.js';
import { TimeLimitedLog } from './time-limited-log.js';

/**
 * Returns the present lag of the projections. It does not rely on the last progress alone: it asks
 * the log for its end, and takes a silent projector for one that is behind. It also answers while
 * no store is in reach.
 */
export async function lagOf(
  { progress, heardAt }: Told,
  log: EventLog,
  clock: Clock,
): Promise<readonly ProjectionLag[]> {
  const limited = new TimeLimitedLog(log, LOG_MS_MAX);
  // The head may lack events that are appended after this moment.
  const askedAt = clock.now();
  const head = await known(limited.head());
  /** Returns since when a projector is behind that does not say so itself. */
  const unheardSince = async (scanned: number): Promise<number | undefined> => {
    if (head !== undefined && scanned >= head) return undefined;
    const oldest = head === undefined ? undefined : await oldestAfter(scanned, limited);
    return oldest ?? (clock.now() - heardAt > SILENCE_MS_MAX ? heardAt : undefined);
  };
  return Promise.all(
    progress.map(async (projection) => {
      const { scanned, rebuild } = projection;
      const since = projection.behindSince ?? (await unheardSince(scanned));
      const lagMs = since === undefined ? 0 : clock.now() - since;
      // If the log does not confirm it, a projector's progress is true of the time when it was
      // told.
      const isAtHead = head !== undefined && scanned >= head;
      const asOf = Math.min(askedAt, since ?? (isAtHead ? askedAt : heardAt));
      const lagEvents = head === undefined ? undefined : await known(limited.countAfter(scanned));
      const rebuildShare = rebuild.building && shareOf(rebuild.building.scanned, head);
      const lagSeconds = Math.max(0, lagMs) / SECOND_MS;
      return { ...projection, lagSeconds, asOf, lagEvents, rebuildShare };
    }),
  );
}

/** The longest wait for the log when somebody asks for the lag. */
const LOG_MS_MAX = 3 * SECOND_MS;
/**
 * A projector tells its progress every second. After this silence its progress counts as unknown.
 */
const SILENCE_MS_MAX = 5 * SECOND_MS;
/** The most events to look at for an event of ours: the store may hold events of others. */
const LOOK_LENGTH = 100;

/** The progress of the projections, and when it was told. */
export interface Told {
  readonly progress: readonly ProjectionProgress[];
  /** The time in epoch milliseconds. */
  readonly heardAt: number;
}

/** Returns when the first event of ours after a position was stored, if one is near. */
async function oldestAfter(position: number, log: EventLog): Promise<number | undefined> {
  const page = await known(log.readAll(position, LOOK_LENGTH));
  return page?.events.find(({ recordedAt }) => isTime(recordedAt))?.recordedAt;
}

const shareOf = (scanned: number, head = scanned): number =>
  head === LOG_START ? 1 : Math.min(1, scanned / head);

/** Returns what the log answers; undefined while it is out of reach. */
async function known<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof PlayheadError && error.code === 'STORE_UNAVAILABLE') return undefined;
    throw error;
  }
}
