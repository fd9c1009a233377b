import { createHash, randomUUID } from 'node:crypto';
import { HOUR_MS } from '../src/domain/time.js';
import type { StreamAppend } from '../src/ports/event-store.js';

const MEDIA = 200;
const VIEWERS = 5_000;
export const EVENTS_PER_SESSION = 8;
const HEARTBEAT_MS = 10_000;
/** The hours over which the sessions start, one after the other, unless the caller names others. */
const HOURS = 24;
/** The time before now at which the last session is over. */
const MARGIN_MS = 5 * 60_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VIEWER_ID_LENGTH = 22;
/** Sessions that are under way at the same time: their events lie interleaved in the log. */
const CONCURRENT_SESSIONS = 500;

/** Makes a small generator with a seed (mulberry32), so that every run measures the same. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Makes appends as live traffic does: one event each, of many sessions under way at once. A session
 * is a start, heartbeats and an end; titles are popular by Zipf's law. The sessions are numbered.
 */
export function audience(
  events: number,
  seed: number,
  firstSession = 0,
  hours = HOURS,
): readonly StreamAppend[] {
  const random = createRandom(seed);
  const viewers = Array.from({ length: VIEWERS }, () => viewerId(random));
  const start = Date.now() - hours * HOUR_MS - MARGIN_MS;
  const sessionCount = events / EVENTS_PER_SESSION;
  const appends: StreamAppend[] = [];
  for (let first = 0; appends.length < events; first += CONCURRENT_SESSIONS) {
    const sessions = Array.from({ length: CONCURRENT_SESSIONS }, (_, i): Session => {
      const number = first + i;
      const startedAt = start + Math.floor((number / sessionCount) * hours * HOUR_MS);
      return {
        number: firstSession + number,
        startedAt,
        mediaId: zipf(random),
        viewerId: viewers[number % VIEWERS] ?? '',
      };
    });
    for (let step = 0; step < EVENTS_PER_SESSION; step += 1) {
      appends.push(...sessions.map((session) => appendOf(session, step)));
    }
  }
  return appends.slice(0, events);
}

interface Session {
  readonly number: number;
  readonly mediaId: string;
  readonly viewerId: string;
  readonly startedAt: number;
}

function appendOf({ number, startedAt, ...who }: Session, step: number): StreamAppend {
  const sessionId = `session-${String(number)}`;
  const occurredAt = startedAt + step * HEARTBEAT_MS;
  const facts = { ...who, sessionId, eventId: `event-${String(step)}`, occurredAt };
  const watched = { quality: 'HIGH', label: '1080p', durationMs: HEARTBEAT_MS, bytes: 5_000_000 };
  const isLast = step === EVENTS_PER_SESSION - 1;
  const end = { open: false, reason: 'ENDED', completesViewAt: startedAt };
  const type = step === 0 ? 'session_start' : isLast ? 'session_end' : 'heartbeat';
  const data = { ...facts, ...watched, ...(isLast ? end : { open: true }) };
  const stream = `playhead-playback-${randomUuid(number)}`;
  const event = { id: randomUUID(), type, version: 1, recordedAt: occurredAt, data };
  return { stream, expectedRevision: step - 1, events: [event] };
}

/** Makes a stream's name that looks random, as in life: its index is written to in all places. */
const randomUuid = (number: number): string =>
  createHash('sha1').update(String(number)).digest('hex').slice(0, 32);

const viewerId = (random: () => number): string =>
  Array.from({ length: VIEWER_ID_LENGTH }, () => ALPHABET.charAt(random() * ALPHABET.length)).join(
    '',
  );

/** Draws a title, the n-th most popular with a weight of 1 / n. */
const zipf = (random: () => number): string => `media-${String(Math.floor(MEDIA ** random()))}`;
