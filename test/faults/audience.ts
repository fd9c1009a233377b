import type { EventInput } from '../support/api-client.js';
import { DAY_MS, iso } from '../support/e2e.js';
import type { SeededRandom } from '../support/random.js';

/** What one media item must have got when everything was counted once. */
export interface Expected {
  views: number;
  watchedMs: number;
  bytes: number;
  completions: number;
  stalls: number;
  readonly viewers: Set<string>;
}

/** Requests to send, in no particular order, and what they come to. */
export interface Audience {
  readonly requests: readonly (readonly EventInput[])[];
  readonly expected: ReadonlyMap<string, Expected>;
}

const MEDIA = ['first', 'second', 'third', 'fourth', 'fifth'] as const;
const LABELS = ['360p', '720p', '1080p', '4k'] as const;
/** Well inside the month, whatever the time of day. */
const SPAN_DAYS = 20;

/** The events of one session; each carries what makes it count once, in any order. */
function sessionOf(random: SeededRandom, sessionId: string): EventInput[] {
  const mediaId = random.pick(MEDIA);
  const userId = `user ${String(random.whole(0, 200))}`;
  const start = Date.now() - random.whole(DAY_MS, SPAN_DAYS * DAY_MS);
  const beats = random.whole(1, 5);
  const event = (n: number, eventType: string): EventInput => ({
    mediaId,
    sessionId,
    userId,
    eventType,
    eventId: `${sessionId} ${String(n)}`,
    occurredAt: iso(start + n * 10_000),
    quality: random.pick(LABELS),
  });
  const loaded = (): Partial<EventInput> => ({
    duration: random.whole(0, 20_000) / 1_000,
    bytesLoaded: random.whole(0, 20_000_000),
  });
  const middle = Array.from({ length: beats }, (_, i) =>
    random.chance(0.2)
      ? event(i + 1, 'REBUFFER_START')
      : { ...event(i + 1, 'HEARTBEAT'), ...loaded() },
  );
  const end: EventInput = { ...event(beats + 1, 'SESSION_END'), ...loaded() };
  const ends = random.chance(0.8)
    ? [random.chance(0.7) ? end : { ...end, endReason: 'QUIT' as const }]
    : [];
  return [{ ...event(0, 'SESSION_START'), ...loaded() }, ...middle, ...ends];
}

function count(expected: Map<string, Expected>, event: EventInput): void {
  const { mediaId, eventType, duration = 0, bytesLoaded = 0, userId = '' } = event;
  const media = expected.get(mediaId) ?? {
    views: 0,
    watchedMs: 0,
    bytes: 0,
    completions: 0,
    stalls: 0,
    viewers: new Set<string>(),
  };
  expected.set(mediaId, media);
  media.watchedMs += Math.round(duration * 1_000);
  media.bytes += bytesLoaded;
  if (eventType === 'REBUFFER_START') media.stalls += 1;
  if (eventType === 'SESSION_END' && event.endReason === undefined) media.completions += 1;
  if (eventType === 'SESSION_START') {
    media.views += 1;
    media.viewers.add(userId);
  }
}

/** An audience of so many sessions, sent singly and in batches, each session in parts. */
export function audienceOf(random: SeededRandom, sessions: number, name: string): Audience {
  const expected = new Map<string, Expected>();
  const requests: EventInput[][] = [];
  const batch: EventInput[] = [];
  for (let i = 0; i < sessions; i += 1) {
    for (const event of sessionOf(random, `${name} ${String(i)}`)) {
      count(expected, event);
      batch.push(event);
      if (random.chance(0.3)) requests.push(batch.splice(0));
    }
  }
  if (batch.length > 0) requests.push(batch);
  return { requests, expected };
}
