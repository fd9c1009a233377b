import { isStall, isUnwatched, type StreamingEvent } from './recordings.js';

/** The figures of some sessions; times are in seconds, rates 0 to 1, null without any. */
export interface SessionFigures {
  readonly views: number;
  readonly anonymousViews: number;
  readonly uniqueViewers: number;
  readonly watchTime: number;
  readonly completionRate: number | null;
  readonly attempts: number;
  readonly startFailureRate: number | null;
  readonly exitBeforeStartRate: number | null;
  readonly playbackFailureRate: number | null;
  readonly stalls: number;
  readonly stalledTime: number;
  readonly rebufferRatio: number | null;
  readonly bytes: number;
  readonly startupCount: number;
}

/** The names of figures that the API has under the same ones. */
export const SAME_NAMES = [
  ...(['views', 'anonymousViews', 'uniqueViewers', 'watchTime', 'completionRate'] as const),
  ...(['attempts', 'startFailureRate', 'exitBeforeStartRate', 'playbackFailureRate'] as const),
  ...(['stalls', 'stalledTime', 'rebufferRatio', 'bytes'] as const),
] as const;

/** Counts the figures of sessions from what was sent, without the server's code. */
export function figuresOf(sessions: readonly (readonly StreamingEvent[])[]): SessionFigures {
  const views = sessions.filter(hasView);
  const attempts = sessions.filter((one) => hasView(one) || has(one, 'PLAY_REQUESTED'));
  const unseen = attempts.filter((one) => !hasView(one));
  const failed = unseen.filter((one) => has(one, 'PLAYBACK_ERROR') || endsWith(one, 'FAILED'));
  const events = sessions.flat();
  const stalledTime = sum(events.filter(endsStall).map(secondsOf));
  const watchTime = sum(events.filter((event) => !isUnwatched(event)).map(secondsOf));
  const viewers = views.flatMap((one) => one.find(isStart)?.userId ?? []);
  return {
    views: views.length,
    anonymousViews: views.length - viewers.length,
    uniqueViewers: new Set(viewers).size,
    watchTime,
    completionRate: ratio(views.filter((one) => endsWith(one, 'ENDED')).length, views.length),
    attempts: attempts.length,
    startFailureRate: ratio(failed.length, attempts.length),
    exitBeforeStartRate: ratio(unseen.length - failed.length, attempts.length),
    playbackFailureRate: ratio(views.filter((one) => endsWith(one, 'FAILED')).length, views.length),
    stalls: events.filter(({ eventType }) => eventType === 'REBUFFER_START').length,
    stalledTime,
    rebufferRatio: ratio(stalledTime, stalledTime + watchTime),
    bytes: sum(events.map(({ bytesLoaded = 0 }) => bytesLoaded)),
    startupCount: events.filter(({ startupTime }) => startupTime !== undefined).length,
  };
}

const isStart = ({ eventType }: StreamingEvent): boolean => eventType === 'SESSION_START';
const hasView = (session: readonly StreamingEvent[]): boolean => session.some(isStart);
const has = (session: readonly StreamingEvent[], type: string): boolean =>
  session.some(({ eventType }) => eventType === type);
const endsWith = (session: readonly StreamingEvent[], reason: string): boolean =>
  session.some(({ endReason }) => endReason === reason);
/** A stall's beginning tells no time. */
const endsStall = (event: StreamingEvent): boolean =>
  isStall(event) && event.eventType !== 'REBUFFER_START';
const secondsOf = ({ duration = 0 }: StreamingEvent): number => duration;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
