import { setTimeout as pause } from 'node:timers/promises';
import type { AddCommand, CommandContext } from './command.js';
import { Refused } from './failure.js';
import type { FiguresAsked } from './figure-queries.js';
import { formatCount, formatCounted, formatDecimals } from './format.js';
import { Remote, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';
import { FILTER_OPTION } from './report-range.js';
import { tableOf } from './table.js';

interface Options extends RemoteOptions {
  readonly filter?: FiguresAsked['filter'];
}

/** What of the API's snapshot is shown. */
export interface Live {
  readonly at: string;
  readonly viewers: number;
  readonly stalling: number;
  readonly mbps: number;
  readonly startsLastMinute: number;
  readonly failuresLastMinute: number;
  readonly peakToday: number;
  readonly peakTodayAt: string | null;
  readonly media: readonly {
    readonly viewers: number;
    readonly media: { readonly title: string };
  }[];
}

const LIVE = `subscription ($filter: [FilterInput!]) {
  live(filter: $filter) {
    at viewers stalling mbps startsLastMinute failuresLastMinute peakToday peakTodayAt
    media(first: 10) { viewers media { title } }
  }
}`;

/** The time in milliseconds before a server that was there is asked again. */
const AGAIN_MS = 5_000;
const TITLE_WIDTH_MAX = 60;

/** `watch`: shows who watches now, until it is interrupted. */
export const addWatch: AddCommand = (program, context) => {
  withRemote(program.command('watch'), 'read')
    .description('show who watches now, until Ctrl-C')
    .argument('[media]', 'the mediaId of a title; without it all are shown')
    .option(...FILTER_OPTION)
    .addHelpText(
      'after',
      `${REMOTE_HELP.read}

Shows anew what has changed, every 2 seconds at most; --json gives a line each
time. What each figure means is in docs/metrics.md.

Examples:
  playhead watch
  playhead watch the-harbour --filter country=DE`,
    )
    .action(async (mediaId: string | undefined, { filter = [], ...options }: Options) => {
      const ofTitle = { dimension: 'MEDIA', anyOf: [mediaId], exclude: false };
      const variables = { filter: mediaId === undefined ? filter : [...filter, ofTitle] };
      await watch(Remote.of(options, context, 'read'), variables, context);
    });
};

/** Watches until it is interrupted, which is the end that is wanted; also past a restart. */
async function watch(
  remote: Remote,
  variables: Readonly<Record<string, unknown>>,
  { terminal, interruption }: CommandContext,
): Promise<void> {
  const isOver = (): boolean => interruption.aborted;
  let hasBeenThere = false;
  while (!isOver()) {
    try {
      for await (const live of remote.watch<Live>(LIVE, variables)) {
        hasBeenThere = true;
        terminal.show(live, liveLines(live));
      }
    } catch (error) {
      if (isOver()) return;
      if (!hasBeenThere || error instanceof Refused) throw error;
    }
    terminal.note('the server is gone: trying again');
    await pause(AGAIN_MS, undefined, { signal: interruption }).catch(() => undefined);
  }
}

/** Returns the time of day in UTC, as the server tells times. */
const timeIn = (time: string, precision: 'minutes' | 'seconds'): string =>
  `${time.slice(11, precision === 'minutes' ? 16 : 19)} UTC`;

/** Lists who watches. */
function liveLines(live: Live): readonly string[] {
  const { viewers, stalling, peakToday, peakTodayAt, media } = live;
  const stalled = stalling === 0 ? '' : `, ${formatCount(stalling)} of them stalled`;
  const peak =
    peakTodayAt === null
      ? ''
      : `   peak of today ${formatCount(peakToday)} at ${timeIn(peakTodayAt, 'minutes')}`;
  const rows = media.map((one) => [one.media.title, formatCount(one.viewers)]);
  const columns = [
    { heading: 'Title', widthMax: TITLE_WIDTH_MAX },
    { heading: 'Viewers', align: 'right' },
  ] as const;
  return [
    `NOW ${timeIn(live.at, 'seconds')}   ${formatCounted(viewers, 'viewer')}${stalled}${peak}`,
    `  in the last minute: ${formatCounted(live.startsLastMinute, 'start')}, ` +
      `${formatCounted(live.failuresLastMinute, 'failure')}, ` +
      `${formatDecimals(live.mbps, 1)} Mbps delivered`,
    ...(rows.length === 0 ? [] : tableOf(columns, rows).map((line) => `  ${line}`)),
  ];
}
