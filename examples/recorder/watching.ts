import { isShaka, isStreamed, toTheEnd, type Scenario } from './scenario.js';
import type { Viewer } from './viewer.js';

/** What people do while they watch. */
export const WATCHING: readonly Scenario[] = [
  {
    name: 'plain',
    says: 'play to the end (30 s)',
    titles: ['vod'],
    act: toTheEnd,
  },
  {
    name: 'click',
    says: 'load, click after 2 s, play 6 s',
    titles: ['vod'],
    isPlayedAtOnce: false,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.sleep(2);
      await viewer.play();
      await viewer.until(6);
    },
  },
  {
    name: 'pause',
    says: 'play 5 s, pause 3 s, play 5 s',
    titles: ['vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(5);
      await viewer.pause();
      await viewer.sleep(3);
      await viewer.play();
      await viewer.until(10);
    },
  },
  {
    name: 'seek',
    says: 'play 5 s, to 20 s, play 4 s, to 3 s, play 4 s',
    titles: ['vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(5);
      await viewer.seek(20);
      await viewer.until(24);
      await viewer.seek(3);
      await viewer.until(7);
    },
  },
  {
    name: 'seekpaused',
    says: 'play 4 s, pause, to 20 s, play 4 s',
    titles: ['vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(4);
      await viewer.pause();
      await viewer.sleep(0.5);
      await viewer.seek(20);
      await viewer.sleep(1.5);
      await viewer.play();
      await viewer.until(24);
    },
  },
  {
    name: 'replay',
    says: '10 s to the end, play again, 4 s',
    titles: ['short'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.sees('ended');
      await viewer.sleep(0.5);
      await viewer.play();
      await viewer.until(4);
    },
  },
  {
    name: 'loop',
    says: '10 s in a loop, 24 s',
    titles: ['short'],
    isLooped: true,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.sees('seeking', 2);
      await viewer.until(4);
    },
  },
  {
    name: 'rate',
    says: '4 s, then 10 s at double speed',
    titles: ['vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(4);
      await viewer.speedUp(2);
      await viewer.until(14);
    },
  },
  {
    name: 'two',
    says: '10 s to the end, then another title, 6 s',
    titles: ['short', 'vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.sees('ended');
      await viewer.sleep(0.5);
      await viewer.next();
      await viewer.until(6);
    },
  },
  {
    name: 'twosame',
    says: '4 s, the same title again, 4 s',
    titles: ['vod', 'vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(4);
      await viewer.next();
      await viewer.until(4);
    },
  },
  {
    name: 'live',
    says: 'a sliding window, 12 s',
    titles: ['live'],
    isFor: isStreamed,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.plays();
      await viewer.sleep(12);
    },
  },
];

/** How people leave, and never came. */
export const LEAVING: readonly Scenario[] = [
  {
    name: 'close',
    says: 'the tab is closed after 8 s',
    titles: ['vod'],
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(8),
  },
  {
    name: 'leave',
    says: 'the page is left after 8 s',
    titles: ['vod'],
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(8);
      await viewer.leave();
    },
  },
  {
    name: 'closebatch',
    says: 'reports in tens, the tab closed after 8 s',
    titles: ['vod'],
    batchSize: 10,
    isFor: (way) => way.by === 'cmcd' && !isShaka(way),
    isLossy: () => true,
    act: async (viewer: Viewer): Promise<unknown> => viewer.until(8),
  },
  {
    name: 'idle',
    says: 'loaded, never played',
    titles: ['vod'],
    isPlayedAtOnce: false,
    act: async (viewer: Viewer): Promise<unknown> => viewer.sleep(4),
  },
  {
    name: 'ebvs',
    says: 'nothing comes, closed after 4 s',
    titles: ['vod'],
    line: { withheldFrom: 0 },
    act: async (viewer: Viewer): Promise<unknown> => viewer.sleep(4),
  },
];
