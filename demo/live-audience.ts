import { setTimeout as sleep } from 'node:timers/promises';
import type { Circumstances } from './circumstances.js';
import type { PlayheadClient } from './client.js';
import { drawTitle, type People } from './people.js';
import { createRandom, createWheel } from './random.js';
import type { StreamingEvent } from './recordings.js';
import { sendSessions } from './send.js';

/** So many watch at once, once all have come; one comes at each step. */
export const seatCount = 8;
const seed = 20_240;
/** So far back they begin to come, one after the other, as those of the replay leave. */
export const backMs = 30 * 60_000;
/** How often each of them says that it plays on, as players do. */
const stepMs = 10_000;
const stepSeconds = stepMs / 1000;
/** A stay is so many steps: two to twelve minutes. */
const stepsMin = 12;
const stepsMax = 72;
/** The share of steps with a stall, and its seconds. */
const stallShare = 0.02;
const stallSeconds = 1.5;
const startupSeconds = 0.9;

/** What is watched, by how frequent it is, and its megabits a second. */
const qualities = [
  { quality: '1080p', mbps: 6, weight: 5 },
  { quality: '720p', mbps: 3, weight: 3 },
  { quality: '360p', mbps: 1, weight: 1 },
] as const;
const drawQuality = createWheel(qualities, ({ weight }) => weight);

/** Somebody who watches now. */
interface Stay {
  readonly whose: Pick<StreamingEvent, 'mediaId' | 'sessionId'> & { readonly userId: string };
  readonly context: Circumstances;
  readonly quality: string;
  readonly mbps: number;
  /** The title's length in seconds; undefined: it has none. */
  readonly mediaDuration: number | undefined;
  /** The steps that it still lasts. */
  stepsLeft: number;
  /** The seconds of the title that were shown. */
  at: number;
  /** The events that it has told. */
  told: number;
}

/** The steps from one who comes to the next, so that all have come when the past is over. */
const stepsApart = Math.floor(backMs / stepMs / seatCount);

/**
 * Returns a function that tells what the viewers did in the step that ends now, each in a list of
 * its own. Whoever leaves makes room for another.
 */
export function createLiveAudience(seed: number, { drawViewer, circumstancesOf }: People) {
  const random = createRandom(seed);
  const seats: (Stay | undefined)[] = [];
  let stays = 0;
  let steps = 0;
  const come = (): Stay => {
    const [viewer, title] = [drawViewer(random), drawTitle(random)];
    const { quality, mbps } = drawQuality(random);
    stays += 1;
    return {
      whose: {
        mediaId: title.mediaId,
        sessionId: `live-${String(stays)}`,
        userId: viewer.userId,
      },
      context: circumstancesOf(viewer, viewer.device, title),
      quality,
      mbps,
      mediaDuration: title.isLive === true ? undefined : title.minutes * 60,
      stepsLeft: stepsMin + Math.floor(random() * (stepsMax - stepsMin)),
      at: 0,
      told: 0,
    };
  };
  return (nowMs: number): StreamingEvent[][] => {
    if (seats.length < seatCount && steps % stepsApart === 0) seats.push(undefined);
    steps += 1;
    return seats.map((seat, i) => {
      const stay = seat ?? come();
      const events =
        seat === undefined ? begin(stay, nowMs) : goOn(stay, nowMs, random() < stallShare);
      seats[i] = stay.stepsLeft > 0 ? stay : undefined;
      return events;
    });
  };
}

/** Tells of a moment of a stay; its event ids are numbers. */
function tellOf(stay: Stay, occurredMs: number, more: Partial<StreamingEvent>): StreamingEvent {
  stay.told += 1;
  return {
    ...stay.whose,
    ...{ eventId: String(stay.told), eventType: 'HEARTBEAT', quality: stay.quality },
    occurredAt: new Date(occurredMs).toISOString(),
    ...more,
  };
}

const begin = (stay: Stay, nowMs: number): StreamingEvent[] => [
  tellOf(stay, nowMs - startupSeconds * 1000, {
    ...{ eventType: 'PLAY_REQUESTED', context: stay.context },
  }),
  tellOf(stay, nowMs, {
    ...{ eventType: 'SESSION_START', startupTime: startupSeconds },
    ...(stay.mediaDuration !== undefined && { mediaDuration: stay.mediaDuration }),
  }),
];

/** Tells of one more step of a stay, and of its end if that was the last one. */
function goOn(stay: Stay, nowMs: number, hasStalled: boolean): StreamingEvent[] {
  const { at, mbps, mediaDuration = Infinity } = stay;
  const lasts = stepSeconds - (hasStalled ? stallSeconds : 0);
  const duration = Math.min(lasts, mediaDuration - at);
  const isAtEnd = at + duration >= mediaDuration;
  stay.stepsLeft = isAtEnd ? 0 : stay.stepsLeft - 1;
  stay.at += duration;
  const watched = tellOf(stay, nowMs, {
    ...{ duration, bytesLoaded: Math.round((duration * mbps * 1e6) / 8) },
    ...(mediaDuration < Infinity && { playedFrom: at, playedTo: at + duration }),
    ...(stay.stepsLeft === 0 && {
      ...{ eventType: 'SESSION_END', endReason: isAtEnd ? 'ENDED' : 'QUIT' },
    }),
  });
  if (!hasStalled) return [watched];
  const stall = { eventType: 'BUFFERING', duration: stallSeconds };
  return [tellOf(stay, nowMs - duration * 1000, stall), watched];
}

/**
 * Tells what the viewers did in the steps of the past up to now, each session in a list of its own:
 * a replay holds sessions that are over alone, so that few of its viewers are left at its end.
 */
export function tellPast(
  next: ReturnType<typeof createLiveAudience>,
  nowMs: number,
): StreamingEvent[][] {
  const sessions = new Map<string, StreamingEvent[]>();
  for (let atMs = nowMs - backMs; atMs <= nowMs; atMs += stepMs) {
    for (const event of next(atMs).flat()) {
      sessions.set(event.sessionId, [...(sessions.get(event.sessionId) ?? []), event]);
    }
  }
  return [...sessions.values()];
}

/** Lets viewers watch until the signal is aborted. */
export async function keepWatching(
  client: PlayheadClient,
  people: People,
  signal: AbortSignal,
): Promise<void> {
  const next = createLiveAudience(seed, people);
  try {
    await sendSessions(client, tellPast(next, Date.now()));
    for (;;) {
      await sleep(stepMs, undefined, { signal });
      await sendSessions(client, next(Date.now()));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
