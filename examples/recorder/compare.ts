import { INTERVAL_SECONDS, type Played } from './play.js';
import type { Told } from './told.js';
import { truthOf, type Stretch, type Truth } from './truth.js';
import { tellsStates } from './ways.js';

/** A figure that was compared: what the server says, what happened, and how far it may be off. */
export interface Check {
  readonly figure: string;
  readonly told: number;
  readonly truth: number;
  readonly least: number;
  readonly most: number;
}

/** What stands still for less is no stall; the tracker takes no shorter seek for one, either. */
const STILL_MS_MIN = 250;
const LENGTH_MS = 50;
const FINISHED_MS = 100;
const TORN_MS = 500;
/** The way of a closing page's last word, which no look at it can see. */
const CLOSED_MS = 800;
const STARTUP_MS = { least: 800, most: 50 };

/** What the page's own notes say of a play, as far as the one who reports could know it. */
export function truthFor({ notes, way, scenario }: Played): Truth {
  if (way.by === 'cmcd') return truthOf(notes);
  const truth = truthOf(notes, { isWishOfElement: true, endsAtFailure: true, endsAtLoop: true });
  // So short it is watched time.
  const short = [...truth.stalls, ...truth.seeks].filter(({ ms }) => ms < STILL_MS_MIN);
  const shortMs = scenario.name === 'seekpaused' ? 0 : sum(short.map(({ ms }) => ms));
  const isSeek = ({ ms }: Stretch): boolean => ms >= STILL_MS_MIN;
  return {
    ...truth,
    playingMs: truth.playingMs + shortMs,
    seeks: truth.seeks.filter(isSeek),
  };
}

/** Compares what the server says with what happened. */
export function compare(played: Played, told: Told): readonly Check[] {
  const { way, scenario } = played;
  const truth = truthFor(played);
  const isLossy = scenario.isLossy?.(way) === true;
  if (!tellsStates(way)) {
    return [
      ...exact('views', told.views, truth.views),
      ...exact('views without states', told.viewsWithoutStates, truth.views),
      ...exact('watched', told.watchedMs, 0),
      ...exact('stalls', told.stalls.length, 0),
    ].map((check) => (isLossy ? { ...check, least: 0 } : check));
  }
  const checks = [
    ...exact('views', told.views, truth.views),
    ...exact('completions', told.completions, truth.completions),
    ...exact('failures', told.failures, failuresOf(played, truth)),
    ...(truth.views > 0 ? [] : exact('attempts', told.attempts, attemptsOf(played, truth))),
    ...exact('sessions that are not over', told.open, 0),
    watched(played, told, truth),
    ...lengths('stall', told.stalls, openEnded(played, truth.stalls.filter(isStall))),
    ...lengths('seek', told.seeks, openEnded(played, truth.seeks)),
    ...(isPauseOfShaka(played)
      ? []
      : lengths('pause', told.pauses, openEnded(played, truth.pauses))),
    ...startup(told, truth),
  ];
  return isLossy ? checks.map(withoutLeast) : checks;
}

export const isRight = ({ told, least, most }: Check): boolean => told >= least && told <= most;

const isStall = ({ ms }: Stretch): boolean => ms >= STILL_MS_MIN;

function failuresOf({ way, scenario }: Played, truth: Truth): number {
  // What nobody wanted to play is no attempt that failed.
  if (way.by === 'tracker') return Math.min(truth.attempts, truth.failures);
  // hls.js tells of no failure that it escalates to, and Shaka of none at the start.
  const unsaid = truth.views > 0 ? 'hls' : 'shaka-debug';
  return scenario.isFailing === true && way.player !== unsaid ? 1 : 0;
}

/** Shaka tells of no wish to play. */
const attemptsOf = ({ way }: Played, truth: Truth): number =>
  way.by === 'cmcd' && way.player === 'shaka-debug' ? 0 : truth.attempts;

function watched(played: Played, { watchedMs }: Told, truth: Truth): Check {
  const { way } = played;
  const happened = way.by === 'cmcd' ? truth.stateMs : truth.playingMs;
  if (truth.isFinished || truth.views === 0) {
    return near('watched', watchedMs, happened, { least: FINISHED_MS, most: FINISHED_MS });
  }
  const interval = way.by === 'cmcd' ? INTERVAL_SECONDS * 1_000 : 0;
  const torn = Math.max(1, truth.views - truth.completions);
  const least = torn * (interval + TORN_MS);
  // To Shaka, what has moved in a pause plays.
  const most = CLOSED_MS + (isPauseOfShaka(played) ? sum(truth.pauses.map(({ ms }) => ms)) : 0);
  return near('watched', watchedMs, happened, { least, most });
}

const isPauseOfShaka = ({ way, scenario }: Played): boolean =>
  way.name === 'shaka-debug-cmcd' && scenario.name === 'seekpaused';

interface Expected {
  readonly ms: number;
  readonly least: number;
  readonly most: number;
}

/** What was open as the page went is known up to the last report, or not at all. */
function openEnded(played: Played, stretches: readonly Stretch[]): readonly Expected[] {
  const interval = played.way.by === 'cmcd' ? INTERVAL_SECONDS * 1_000 : 0;
  return stretches.map(({ ms, isOpen }) =>
    isOpen
      ? { ms, least: interval + TORN_MS, most: CLOSED_MS }
      : { ms, least: LENGTH_MS, most: LENGTH_MS },
  );
}

function lengths(
  figure: string,
  told: readonly number[],
  expected: readonly Expected[],
): readonly Check[] {
  const closed = expected.filter(({ least }) => least === LENGTH_MS);
  // An open pause or seek has no length to be told.
  const wanted = told.length < expected.length && figure !== 'stall' ? closed : expected;
  return [
    ...exact(`${figure}s`, told.length, wanted.length),
    ...wanted.flatMap(({ ms, ...bounds }, index) => {
      const length = told[index];
      return length === undefined ? [] : [near(figure, length, ms, bounds)];
    }),
  ];
}

function startup({ startupMs: told }: Told, { startupMs, views }: Truth): readonly Check[] {
  if (views === 0 || startupMs === undefined || told === undefined) return [];
  return [near('startup', told, startupMs, STARTUP_MS)];
}

const exact = (figure: string, told: number, truth: number): readonly Check[] => [
  { figure, told, truth, least: truth, most: truth },
];

const near = (
  figure: string,
  told: number,
  truth: number,
  { least, most }: { readonly least: number; readonly most: number },
): Check => ({ figure, told, truth, least: truth - least, most: truth + most });

const withoutLeast = (check: Check): Check => ({ ...check, least: 0 });

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
