import type { EventInput } from '../support/api-client.js';
import { DAY_MS, iso, MINUTE_MS } from '../support/e2e.js';
import type { SeededRandom } from '../support/random.js';

export const MEDIA = ['film-0', 'film-1', 'Café'] as const;
const QUALITIES = { '480p': 'LOW', '720p': 'MEDIUM', '1080p': 'HIGH', '4k': 'ULTRA' } as const;
const LABELS = Object.keys(QUALITIES) as unknown as ['480p', '720p', '1080p', '4k'];
const VIEWERS = 300;
/** The log lies in the last month, of which every report tells, and ends before today. */
const EARLIEST_DAYS = 20;
const LATEST_DAYS = 2;

/** What a log comes to for one title. */
export interface Totals {
  views: number;
  watchedSeconds: number;
  stalls: number;
  bytes: number;
  readonly viewsByQuality: Partial<Record<string, number>>;
}

/**
 * A player's log of so many lines, by time. Half of them have no eventId, and some of those stand
 * in it twice: two things of the same kind in the same moment.
 */
export function pastLog(random: SeededRandom, length: number): readonly EventInput[] {
  const now = Date.now();
  const span = (EARLIEST_DAYS - LATEST_DAYS) * DAY_MS;
  const events: EventInput[] = [];
  for (let session = 0; events.length < length; session += 1) {
    const start = now - EARLIEST_DAYS * DAY_MS + Math.floor(random.next() * span);
    events.push(...sessionOf(random, session, start));
  }
  // Equal ones stay side by side.
  const orderOf = (event: EventInput): string =>
    `${event.occurredAt ?? ''} ${JSON.stringify(event)}`;
  return events.slice(0, length).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function sessionOf(random: SeededRandom, session: number, start: number): readonly EventInput[] {
  const mediaId = random.pick(MEDIA);
  const hasEventIds = random.chance(0.5);
  const base = {
    mediaId,
    ...(random.chance(0.8) && { sessionId: `session-${String(session)}` }),
    ...(random.chance(0.8) && { userId: `Zoë ${String(random.whole(1, VIEWERS))}` }),
  };
  let count = 0;
  const event = (eventType: string, more: object = {}): EventInput => {
    count += 1;
    return {
      ...base,
      eventType,
      quality: random.pick(LABELS),
      occurredAt: iso(start + count * MINUTE_MS),
      ...(hasEventIds && { eventId: `${String(session)}-${String(count)}` }),
      ...more,
    };
  };
  // Without a session and a user each start is a view of its own: two at once are two.
  const starts = repeated(random, event('SESSION_START'), !('sessionId' in base));
  const beats = Array.from({ length: random.whole(0, 8) }, () => {
    const loaded = { duration: random.whole(1, 60), bytesLoaded: random.whole(0, 2 ** 24) };
    return repeated(random, event('HEARTBEAT', loaded), true);
  });
  const rest = [event('BUFFERING', { duration: 2 }), event('SESSION_END', { duration: 1 })];
  return [...starts, ...beats.flat(), ...rest];
}

/** An event once, or twice if it has no eventId. */
function repeated(random: SeededRandom, event: EventInput, mayBe: boolean): readonly EventInput[] {
  const isTwice = mayBe && event.eventId === undefined && random.chance(0.1);
  return isTwice ? [event, event] : [event];
}

/** What each title comes to, by the definitions alone. */
export function totalsOf(events: readonly EventInput[]): Readonly<Record<string, Totals>> {
  const all: Record<string, Totals> = {};
  for (const { mediaId, eventType, quality, duration = 0, bytesLoaded = 0 } of events) {
    const totals = (all[mediaId] ??= {
      ...{ views: 0, watchedSeconds: 0, stalls: 0, bytes: 0 },
      viewsByQuality: {},
    });
    totals.bytes += bytesLoaded;
    if (eventType === 'BUFFERING') totals.stalls += 1;
    else totals.watchedSeconds += duration;
    if (eventType !== 'SESSION_START') continue;
    totals.views += 1;
    const name = QUALITIES[quality as keyof typeof QUALITIES];
    totals.viewsByQuality[name] = (totals.viewsByQuality[name] ?? 0) + 1;
  }
  return all;
}
