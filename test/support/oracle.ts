import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';

/**
 * What the server has to answer, worked out anew from nothing but stored events, straight from the
 * definitions of docs/metrics.md, as slowly as they read. It shares no code with what it judges,
 * and takes no word of the decider for what it can find out by itself.
 */

type Log = readonly Recorded<PlaybackEvent>[];
type Period = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const QUALITIES = ['AUTO', 'LOW', 'MEDIUM', 'HIGH', 'ULTRA'] as const;
type Quality = (typeof QUALITIES)[number];
/** The labels that histories use. */
const QUALITY_OF_LABEL: Readonly<Record<string, Quality>> = {
  '360p': 'LOW',
  '720p': 'MEDIUM',
  '1080p': 'HIGH',
  '4k': 'ULTRA',
  auto: 'AUTO',
};
const MINUTES: Readonly<Record<Period, number>> = {
  HOUR: 60,
  DAY: 1_440,
  WEEK: 10_080,
  MONTH: 43_200,
};

/** An event, and what only its session tells. */
interface Known {
  readonly type: PlaybackEvent['type'];
  readonly mediaId: string;
  readonly at: number;
  readonly quality: Quality;
  readonly viewer: string | undefined;
  readonly durationMs: number;
  readonly bytes: number;
  readonly stalls: number;
  isCompleted: boolean;
}

/** Every event with its quality, and with every view known for completed or not. */
function known(log: Log): readonly Known[] {
  interface Session {
    quality: Quality;
    readonly uncompleted: Known[];
    endsToSpare: number;
  }
  const sessions = new Map<string, Session>();
  return log.map((event) => {
    const { mediaId, sessionId, occurredAt, label, viewerId, durationMs, bytes } = event.data;
    const key = JSON.stringify([mediaId, sessionId]);
    const session = sessions.get(key) ?? { quality: 'MEDIUM', uncompleted: [], endsToSpare: 0 };
    sessions.set(key, session);
    const named = label === undefined ? undefined : QUALITY_OF_LABEL[label];
    session.quality =
      event.type === 'quality_reported' ? event.data.quality : (named ?? session.quality);
    const isStall = event.type === 'rebuffer_start' || event.type === 'buffering';
    const one: Known = {
      type: event.type,
      mediaId: mediaId.normalize('NFC'),
      at: occurredAt,
      quality: session.quality,
      viewer: viewerId,
      durationMs: durationMs ?? 0,
      bytes: bytes ?? 0,
      stalls: event.type === 'quality_reported' ? event.data.bufferingEvents : Number(isStall),
      isCompleted: false,
    };
    if (event.type === 'session_start') {
      one.isCompleted = session.endsToSpare > 0;
      if (one.isCompleted) session.endsToSpare -= 1;
      else session.uncompleted.push(one);
    }
    if (event.type === 'session_end' && event.data.reason === 'ENDED') {
      const view = session.uncompleted.pop();
      if (view === undefined) session.endsToSpare += 1;
      else view.isCompleted = true;
    }
    return one;
  });
}

const isView = ({ type }: Known): boolean => type === 'session_start';
const total = (events: readonly Known[], of: (event: Known) => number): number =>
  events.reduce((sum, event) => sum + of(event), 0);
const watchedMsOf = ({ type, durationMs }: Known): number =>
  ['rebuffer_start', 'rebuffer_end', 'buffering', 'seeked', 'resumed'].includes(type)
    ? 0
    : durationMs;

/** Rows by a number in falling order, ties in the order of the qualities. */
const ranked = <Row>(rows: readonly Row[], by: (row: Row) => number): readonly Row[] =>
  rows
    .map((row, place) => ({ row, place }))
    .sort((a, b) => by(b.row) - by(a.row) || a.place - b.place)
    .map(({ row }) => row);

/** `streamingAnalytics` of the events from a whole hour up to another. */
export function analyticsOf(log: Log, mediaId: string, from: number, to: number): object {
  const events = known(log).filter(
    (one) => one.mediaId === mediaId && one.at >= from && one.at < to,
  );
  const views = events.filter(isView);
  const perView = (sum: number): number => (views.length === 0 ? 0 : sum / views.length);
  const rows = QUALITIES.flatMap((quality) => {
    const own = events.filter((one) => one.quality === quality);
    const viewCount = own.filter(isView).length;
    const bits = 8 * total(own, ({ bytes }) => bytes);
    if (viewCount === 0 && bits === 0) return [];
    const watchedMs = total(own, watchedMsOf);
    const percentage = perView(100 * viewCount);
    const avgBandwidth = watchedMs === 0 ? 0 : bits / (watchedMs / 1_000) / 1e6;
    return [{ quality, viewCount, percentage, avgBandwidth }];
  });
  return {
    totalViews: views.length,
    uniqueViewers: new Set(views.flatMap(({ viewer }) => viewer ?? [])).size,
    averageWatchTime: perView(total(events, watchedMsOf) / 1_000),
    qualityDistribution: ranked(rows, ({ viewCount }) => viewCount),
    bufferingEvents: total(events, ({ stalls }) => stalls),
    completionRate: perView(views.filter(({ isCompleted }) => isCompleted).length),
  };
}

/** The bytes of an event in each minute that it covers, by the minute's start. */
function sharesOf({ at, durationMs, bytes }: Known): ReadonlyMap<number, number> {
  const startOf = (timeMs: number): number => timeMs - (((timeMs % MINUTE) + MINUTE) % MINUTE);
  if (durationMs === 0) return new Map([[startOf(at), bytes]]);
  const begun = at - durationMs;
  const until = (timeMs: number): bigint => {
    const elapsed = Math.min(Math.max(0, timeMs - begun), durationMs);
    return (BigInt(bytes) * BigInt(elapsed)) / BigInt(durationMs);
  };
  const shares = new Map<number, number>();
  for (let minute = startOf(begun); minute <= at; minute += MINUTE) {
    shares.set(minute, Number(until(minute + MINUTE) - until(minute)));
  }
  return shares;
}

/** `bandwidthUsage` at a moment, at 0.085 USD a GiB. */
export function bandwidthOf(log: Log, period: Period, now: number): object {
  const end = now - (now % MINUTE) + MINUTE;
  const start = end - MINUTES[period] * MINUTE;
  const isInside = (timeMs: number): boolean => timeMs >= start && timeMs < end;
  const minutes = new Map<number, number>();
  const qualities = new Map<Quality, number>();
  for (const event of known(log)) {
    const { quality, at } = event;
    if (isView(event) && isInside(at)) qualities.set(quality, qualities.get(quality) ?? 0);
    for (const [minute, bytes] of sharesOf(event)) {
      if (bytes === 0 || !isInside(minute)) continue;
      minutes.set(minute, (minutes.get(minute) ?? 0) + bytes);
      qualities.set(quality, (qualities.get(quality) ?? 0) + bytes);
    }
  }
  const bytesIn = (of: readonly (readonly [number, number])[]): number =>
    of.reduce((sum, [, bytes]) => sum + bytes, 0);
  const peakIn = (of: readonly (readonly [number, number])[]): number =>
    (8 * Math.max(0, ...of.map(([, bytes]) => bytes))) / 60 / 1e6;
  const all = [...minutes];
  const whole = bytesIn(all);
  const hours = [...new Set(all.map(([minute]) => minute - (minute % HOUR)))].sort((a, b) => a - b);
  const rows = QUALITIES.flatMap((quality) => {
    const bytes = qualities.get(quality);
    if (bytes === undefined) return [];
    const percentage = whole === 0 ? 0 : (100 * bytes) / whole;
    return [{ quality, totalGB: bytes / 2 ** 30, percentage }];
  });
  return {
    period,
    totalGB: whole / 2 ** 30,
    peakMbps: peakIn(all),
    avgMbps: (8 * whole) / (MINUTES[period] * 60) / 1e6,
    byQuality: ranked(rows, ({ totalGB }) => totalGB),
    byHour: hours.map((hour) => {
      const own = all.filter(([minute]) => minute - (minute % HOUR) === hour);
      return { hour, totalGB: bytesIn(own) / 2 ** 30, peakMbps: peakIn(own) };
    }),
    cost: (whole / 2 ** 30) * 0.085,
  };
}

/** One title of `popularStreams`, as far as views make it. */
export interface PopularTitle {
  readonly mediaId: string;
  readonly viewCount: number;
  readonly quality: Quality;
  readonly popularity: number;
}

/** The titles of `popularStreams` at a moment, in no order. */
export function popularOf(log: Log, period: Period, now: number): readonly PopularTitle[] {
  const end = now - (now % MINUTE) + MINUTE;
  const first = end - MINUTES[period] * MINUTE;
  const start = period === 'HOUR' || period === 'DAY' ? first : first - (first % HOUR);
  const halfLife = (MINUTES[period] * MINUTE) / 4;
  const views = known(log).filter((one) => isView(one) && one.at < end);
  const titles = [...new Set(views.map(({ mediaId }) => mediaId))];
  return titles.flatMap((mediaId) => {
    const own = views.filter((view) => view.mediaId === mediaId);
    const counted = own.filter(({ at }) => at >= start);
    if (counted.length === 0) return [];
    const counts = QUALITIES.map((quality) => ({
      quality,
      views: counted.filter((view) => view.quality === quality).length,
    }));
    const quality = ranked(counts, ({ views: count }) => count)[0]?.quality ?? 'MEDIUM';
    const popularity = total(own, ({ at }) => 2 ** (-(now - at) / halfLife));
    return [{ mediaId, viewCount: counted.length, quality, popularity }];
  });
}

/** The first moment of the UTC day after the one that a time lies in. */
export const endOfDay = (timeMs: number): number => timeMs - (timeMs % DAY) + DAY;
