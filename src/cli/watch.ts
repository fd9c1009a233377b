import { setTimeout as pause } from 'node:timers/promises';
import type { AddCommand, CommandContext } from './command.js';
import { Refused, WrongUsage } from './failure.js';
import type { FiguresAsked } from './figure-queries.js';
import { formatCount, formatCounted, formatDecimals } from './format.js';
import { Remote, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';
import { FILTER_OPTION } from './report-range.js';
import { tableOf } from './table.js';
import { EventWatch } from './watch-events.js';

interface Options extends RemoteOptions {
  readonly viewers?: boolean;
  readonly filter?: FiguresAsked['filter'];
}

/** The members of the API's snapshot that are shown. */
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

/** `watch`: shows what is stored as it comes, or who watches now, until it is interrupted. */
export const addWatch: AddCommand = (program, context) => {
  withRemote(program.command('watch'), 'read')
    .description('show events as they come, or who watches now, until Ctrl-C')
    .argument('[media]', 'the mediaId of a title; without it all are shown')
    .option('--viewers', 'show who watches now')
    .option(...FILTER_OPTION)
    .addHelpText(
      'after',
      `${REMOTE_HELP.read}

Shows the events of the last 5 minutes, then each as it is stored: what its
session does from there on, its viewer, its title, and what it says. Viewers
are keyed hashes, which an admin key alone may see.

With --viewers it shows who watches now, anew when that has changed, every 2
seconds at most; --filter is for these. --json gives a line each time. What
each figure means is in docs/metrics.md.

Examples:
  playhead watch
  playhead watch the-harbour
  playhead watch the-harbour --viewers --filter country=DE`,
    )
    .action(async (mediaId: string | undefined, { filter, viewers, ...options }: Options) => {
      if (viewers !== true && filter !== undefined) {
        throw new WrongUsage('--filter: is for --viewers');
      }
      const remote = Remote.of(options, context, 'read');
      if (viewers === true) await watchViewers(remote, filtersOf(mediaId, filter), context);
      else await watchEvents(remote, mediaId, context);
    });
};

type Filters = NonNullable<FiguresAsked['filter']>;

const filtersOf = (mediaId: string | undefined, filter: Filters = []): Filters =>
  mediaId === undefined
    ? filter
    : [...filter, { dimension: 'MEDIA', anyOf: [mediaId], exclude: false }];

async function watchEvents(
  remote: Remote,
  mediaId: string | undefined,
  context: CommandContext,
): Promise<void> {
  const events = new EventWatch(remote, mediaId, context.terminal);
  await again(context, (onResult) => events.run(onResult));
}

async function watchViewers(
  remote: Remote,
  filter: Filters,
  context: CommandContext,
): Promise<void> {
  await again(context, async (onResult) => {
    for await (const { result: live } of remote.watch<Live>(LIVE, { filter })) {
      onResult();
      context.terminal.show(live, liveLines(live));
    }
  });
}

/** The errors that another try would not change. */
const FINAL_CODES: readonly string[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'GRAPHQL_VALIDATION_FAILED',
];

const isFinal = (error: unknown): boolean =>
  error instanceof Refused && FINAL_CODES.includes(error.code);

/** Watches until it is interrupted, which is the end that is wanted; also past a restart. */
async function again(
  { terminal, interruption }: CommandContext,
  watch: (onResult: () => void) => Promise<void>,
): Promise<void> {
  const isOver = (): boolean => interruption.aborted;
  const server = { hasAnswered: false };
  while (!isOver()) {
    try {
      await watch(() => {
        server.hasAnswered = true;
      });
    } catch (error) {
      if (isOver()) return;
      if (!server.hasAnswered || isFinal(error)) throw error;
    }
    terminal.note('the server is gone, or busy: trying again');
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
