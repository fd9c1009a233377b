import { SECOND_MS } from '../time.js';
import type { CmcdReport } from './cmcd-report.js';
import type { CmcdTrack, WaitingReport } from './cmcd-track.js';
import { isInGap, withGaps } from './gaps.js';

/** The standing of a report. */
export type Standing = 'known' | 'late' | 'next' | 'of-run';

/** The most by which a number may be ahead: no player sends so much at once. */
const AHEAD_MAX = 100_000;

/**
 * Says where a report stands: `known` has come before, `late` comes after its place was passed,
 * `next` begins another run.
 * Players number anew at each load, under the same session id. A report that is sent again keeps
 * its number and its time. Within a run a later report never has an earlier time.
 */
export function standingOf(track: CmcdTrack, report: CmcdReport): Standing {
  const { number, at } = report;
  const { run, next, lastAt, seen, startedAt, after = -1, firstAt = 0 } = track;
  if (run < 0) return 'next';
  if (number !== undefined && number > next + AHEAD_MAX) return 'known';
  const [firstHeld] = track.held;
  if (firstHeld !== undefined && at >= firstHeld.report.at) return 'next';
  const hasCome = number !== undefined && (number < next || seen.includes(number));
  if (number !== undefined && at > after && at <= lastAt && isInGap(track.gaps, number))
    return 'late';
  // The time of a response is that of its request, which tells nothing of its place in the run.
  if (isResponse(report)) {
    return hasCome || number === undefined || at < firstAt ? 'known' : 'of-run';
  }
  if (at <= after || (number === undefined && at < lastAt)) return 'known';
  if (number === undefined) return 'of-run';
  // The clock of a player may be set back: then its first report alone tells another run.
  const isFirst = number === 0 && at !== firstAt && !startedAt.includes(at);
  if (hasCome) return at > lastAt || isFirst ? 'next' : 'known';
  // What is older than this run is of an earlier one, or of a clock that was set back since.
  return at < firstAt && run > 0 ? 'known' : amongWaiting(track.waiting, number, at);
}

function amongWaiting(
  waiting: readonly WaitingReport[],
  number: number,
  at: number,
): 'known' | 'next' | 'of-run' {
  for (const report of waiting) {
    if (isResponse(report)) {
      if (report.number === number) return 'next';
    } else if (report.number <= number && report.at >= at) {
      // Two reports of a run may be made within a millisecond.
      if (report.number === number || report.at > at) return 'known';
    } else if (report.number >= number && report.at < at) return 'next';
  }
  return 'of-run';
}

const isResponse = ({ event }: CmcdReport): boolean => event === 'rr';

const SEEN_MAX = 200;

/** The members of a track about numbers. */
type Places = Pick<CmcdTrack, 'next' | 'seen'>;

/** Returns the numbers after a report of a number has come. */
export function withNumber({ next, seen }: Places, number: number | undefined): Places {
  if (number === undefined || number < next) return { next, seen };
  const numbers = [...seen.filter((one) => one !== number), number].sort((a, b) => a - b);
  // More than are kept: the lowest ones are waited for no longer.
  const first = numbers.length > SEEN_MAX ? (numbers[0] ?? next) : next;
  return absorbed(first, numbers);
}

/** Returns a track with the numbers that either of two nodes knows of the same run. */
export function withPlacesOf(track: CmcdTrack, other: CmcdTrack): CmcdTrack {
  if (track.run !== other.run) return track;
  const waits = ({ number }: WaitingReport): boolean => number >= track.next;
  const isBehind = other.next > track.next;
  // What the other has taken from those that wait here is still to be told here.
  const waitingFor = track.waiting.filter(waits).map(({ number }) => number);
  const next = isBehind ? Math.min(other.next, ...waitingFor) : track.next;
  const places = [...track.seen, ...other.seen].reduce<Places>(withNumber, { next, seen: [] });
  const lastAt = Math.max(track.lastAt, other.lastAt);
  const more = other.gaps.filter(({ from }) => from >= track.next);
  const passedOver = Math.max(track.passedOver, other.passedOver);
  const late = Math.max(track.late, other.late);
  const alive = laterOf(track.alive, other.alive);
  const gaps = withGaps(track.gaps, more);
  const life = alive === undefined ? {} : { alive };
  return { ...track, ...places, ...life, lastAt, gaps, passedOver, late };
}

const laterOf = (one: CmcdTrack['alive'], other: CmcdTrack['alive']): CmcdTrack['alive'] =>
  one === undefined || (other !== undefined && other.number > one.number) ? other : one;

function absorbed(first: number, numbers: readonly number[]): Places {
  let next = first;
  let taken = 0;
  for (const number of numbers) {
    if (number > next) break;
    next = Math.max(next, number + 1);
    taken += 1;
  }
  return { next, seen: numbers.slice(taken) };
}

/** Adds a report to those that wait; its turn may have come. */
export function withWaiting(
  waiting: readonly WaitingReport[],
  report: WaitingReport,
): readonly WaitingReport[] {
  return [...waiting, report].sort((a, b) => a.number - b.number || a.at - b.at);
}

/** The most reports that wait in one session, and the most numbers that are known ahead. */
const WAITING_MAX = 32;

/**
 * Returns the report whose turn it is, and whether one before it is missing; undefined if none has
 * its turn.
 */
export function nextInTurn(
  track: CmcdTrack,
  now: number,
): { readonly report: WaitingReport; readonly isAfterGap: boolean } | undefined {
  const { waiting, next } = track;
  const [report] = waiting;
  if (report === undefined) return undefined;
  const isAfterGap = report.number > next;
  const dueAt = turnAt(track) ?? 0;
  return dueAt > now && waiting.length <= WAITING_MAX ? undefined : { report, isAfterGap };
}

/**
 * The time in milliseconds that reports wait for reports with lower numbers, and a pause for the
 * report of an end: some players say that they pause at the end of a title.
 */
const GAP_MS_MAX = 5 * SECOND_MS;

/**
 * Returns the time when the first waiting report has its turn, by the server's clock; undefined if
 * none waits.
 */
export function turnAt({ waiting, next, mode }: CmcdTrack): number | undefined {
  const [first] = waiting;
  if (first === undefined) return undefined;
  if (first.number > next) return Math.min(...waiting.map((one) => one.arrivedAt)) + GAP_MS_MAX;
  const after = waiting.slice(1).find((one) => !isResponse(one));
  const isDecided = after?.number === first.number + 1 || after?.state === 'e';
  const mayBeTheEnd = first.state === 'a' && ENDS_FROM.has(mode) && !isDecided;
  return mayBeTheEnd ? first.arrivedAt + GAP_MS_MAX : 0;
}

/** The modes in which a title may end. */
const ENDS_FROM: ReadonlySet<CmcdTrack['mode']> = new Set<CmcdTrack['mode']>([
  'playing',
  'stalled',
  'seeking',
  'waiting',
]);
/**
 * The longest pause in milliseconds just before the end that is left out: some players report it.
 */
const PAUSE_AT_END_MS_MAX = 500;

/** Says whether a report is of a pause that is the end, by those that wait after it. */
export function isPauseAtEnd({ mode, waiting }: CmcdTrack, report: WaitingReport): boolean {
  if (report.state !== 'a' || !ENDS_FROM.has(mode)) return false;
  const after = waiting.find((one) => !isResponse(one) && (one.state ?? 'a') !== 'a');
  return after?.state === 'e' && after.at - report.at <= PAUSE_AT_END_MS_MAX;
}
