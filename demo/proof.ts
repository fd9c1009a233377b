import { catalogue } from './catalogue.js';
import type { Answers } from './questions.js';
import { isUnwatched, type StreamingEvent } from './recordings.js';

/** The figures that a title should have, counted without the server's code from the sent events. */
interface Tally {
  views: number;
  viewers: Set<string>;
  completions: number;
  bufferingEvents: number;
  watchedSeconds: number;
}

const bytesPerGiB = 2 ** 30;
/** Answers are floating-point numbers; an average watch time is kept to the millisecond. */
const relativeTolerance = 1e-9;
const millisecond = 0.001;

/** The qualities that the labels of the recorded ladder stand for. */
const qualityOfLabel: Readonly<Record<string, string>> = {
  '360p': 'LOW',
  '720p': 'MEDIUM',
  '1080p': 'HIGH',
};

export function tallyByMedia(events: readonly StreamingEvent[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const event of events) {
    const tally = tallies.get(event.mediaId) ?? createTally();
    tallies.set(event.mediaId, tally);
    if (event.eventType === 'SESSION_START') tally.views += 1;
    if (event.eventType === 'SESSION_START' && event.userId) tally.viewers.add(event.userId);
    if (event.eventType === 'SESSION_END' && event.endReason === 'ENDED') tally.completions += 1;
    if (event.eventType === 'REBUFFER_START') tally.bufferingEvents += 1;
    if (!isUnwatched(event)) tally.watchedSeconds += event.duration ?? 0;
  }
  return tallies;
}

const createTally = (): Tally => ({
  views: 0,
  viewers: new Set(),
  completions: 0,
  bufferingEvents: 0,
  watchedSeconds: 0,
});

/** Lists the figures in which the server differs from the sent events; empty if all agree. */
export function findMismatches(events: readonly StreamingEvent[], answers: Answers): string[] {
  const tallies = tallyByMedia(events);
  return [
    ...catalogue.flatMap(({ mediaId }) =>
      compareTitle(mediaId, tallies.get(mediaId) ?? createTally(), answers),
    ),
    ...comparePopularity(tallies, answers),
    ...compareBytes(events, answers),
  ];
}

function compareTitle(mediaId: string, tally: Tally, { analytics }: Answers): string[] {
  const actual = analytics.get(mediaId);
  const views = Math.max(1, tally.views);
  return [
    ...differ(`${mediaId}: views`, actual?.totalViews, tally.views),
    ...differ(`${mediaId}: unique viewers`, actual?.uniqueViewers, tally.viewers.size),
    ...differ(`${mediaId}: buffering events`, actual?.bufferingEvents, tally.bufferingEvents),
    ...differ(`${mediaId}: completion rate`, actual?.completionRate, tally.completions / views),
    ...differ(
      `${mediaId}: average watch time`,
      actual?.averageWatchTime,
      tally.watchedSeconds / views,
      millisecond,
    ),
  ];
}

function comparePopularity(tallies: ReadonlyMap<string, Tally>, answers: Answers): string[] {
  const { streams, totalCount } = answers;
  const viewed = [...tallies.values()].filter(({ views }) => views > 0).length;
  const isOrdered = streams.every(
    ({ popularity }, index) => popularity <= (streams[index - 1]?.popularity ?? Infinity),
  );
  return [
    ...differ('popular streams: total', totalCount, viewed),
    ...(isOrdered ? [] : ['popular streams: not in order']),
    ...streams.flatMap(({ mediaId, viewCount }) =>
      differ(`popular streams: views of ${mediaId}`, viewCount, tallies.get(mediaId)?.views ?? 0),
    ),
  ];
}

function compareBytes(events: readonly StreamingEvent[], { bandwidth }: Answers): string[] {
  const bytes = new Map<string, number>();
  for (const { quality = '', bytesLoaded = 0 } of events) {
    if (bytesLoaded === 0) continue;
    const name = qualityOfLabel[quality] ?? 'unlabelled';
    bytes.set(name, (bytes.get(name) ?? 0) + bytesLoaded);
  }
  const all = [...bytes.values()].reduce((a, b) => a + b, 0);
  const hours = bandwidth.byHour.reduce((sum, { totalGB }) => sum + totalGB, 0);
  return [
    ...differ('bandwidth: GiB', bandwidth.totalGB, all / bytesPerGiB),
    ...differ('bandwidth: GiB of all hours', hours, all / bytesPerGiB),
    ...[...bytes].flatMap(([name, count]) => {
      const row = bandwidth.byQuality.find(({ quality }) => quality === name);
      return differ(`bandwidth: GiB at ${name}`, row?.totalGB ?? 0, count / bytesPerGiB);
    }),
  ];
}

/** Returns a line about a figure that is not as expected; undefined: there is none. */
export function differ(
  name: string,
  actual: number | undefined,
  expected: number | undefined,
  tolerance = Math.abs(expected ?? 0) * relativeTolerance,
): string[] {
  if (actual === expected) return [];
  if (Math.abs((actual ?? NaN) - (expected ?? NaN)) <= tolerance) return [];
  return [`${name}: the server says ${String(actual)}, sent were ${String(expected)}`];
}
