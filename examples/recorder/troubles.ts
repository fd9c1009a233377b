import type { GatePlan } from './gate.js';
import { isShaka, isStreamed, toTheEnd, type Scenario } from './scenario.js';
import type { Viewer } from './viewer.js';
import type { Way } from './ways.js';

/** The tracker sends what happened in a second together: fewer requests are as many reports. */
const refusing =
  (status: number, count: number) =>
  ({ by }: Way): GatePlan => ({
    refuses: by === 'cmcd' ? { status, after: 3, count } : { status, after: 0, count: 2 },
  });

/** What befalls the media on their way. */
export const BAD_LINES: readonly Scenario[] = [
  {
    name: 'throttle',
    says: 'full line, 450 kbit/s, full; to the end',
    titles: ['vod'],
    line: {
      rates: [
        { fromSecond: 0, kbps: 20_000 },
        { fromSecond: 3, kbps: 450 },
        { fromSecond: 15, kbps: 20_000 },
      ],
    },
    isFor: isStreamed,
    act: toTheEnd,
  },
  {
    name: 'stall',
    says: 'media withheld until 4 s after it ran dry',
    titles: ['vod'],
    line: { withheldFrom: 8 },
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.stalls();
      await viewer.sleep(4);
      viewer.release();
      await viewer.until(14);
    },
  },
  {
    name: 'fatal',
    says: 'media missing from 8 s on',
    titles: ['vod'],
    line: { missingFrom: 8 },
    isFailing: true,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.stalls();
      await viewer.sleep(12);
    },
  },
  {
    name: 'fatalstart',
    says: 'nothing there at all',
    titles: ['vod'],
    line: { isNothingThere: true },
    isFailing: true,
    act: async (viewer: Viewer): Promise<unknown> => viewer.sleep(5),
  },
];

/** What befalls the reports on theirs. */
export const BAD_COLLECTORS: readonly Scenario[] = [
  {
    name: 'c429',
    says: 'reports refused with 429, then taken',
    titles: ['vod'],
    gate: refusing(429, 6),
    isLossy: isShaka,
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(13),
  },
  {
    name: 'c503',
    says: 'reports refused with 503 for 4 s',
    titles: ['vod'],
    gate: ({ by }) => ({ fails: { status: 503, after: by === 'cmcd' ? 3 : 0, seconds: 4 } }),
    isLossy: isShaka,
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(14),
  },
  {
    name: 'c400',
    says: 'three reports refused with 400',
    titles: ['vod'],
    gate: refusing(400, 3),
    isLossy: ({ by, player }) => by === 'cmcd' && player !== 'dash',
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(9),
  },
  {
    name: 'c410',
    says: 'all refused with 410 after the fifth',
    titles: ['vod'],
    gate: () => ({ refuses: { status: 410, after: 5, count: Infinity } }),
    isLossy: () => true,
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(13),
  },
  {
    name: 'down',
    says: 'no server for 5 s',
    titles: ['vod'],
    gate: ({ by }) => ({ fails: { after: by === 'cmcd' ? 3 : 0, seconds: 5 } }),
    isLossy: isShaka,
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(14),
  },
];
