import { SECOND_MS } from '../time.js';
import type { CmcdReport } from './cmcd-report.js';
import { NO_RUN, type CmcdTrack } from './cmcd-track.js';
import { lengthOf, passedOver, withGaps, withoutNumber } from './gaps.js';
import { isTelling, type CmcdFact } from './run-draft.js';
import { Run } from './run.js';
import {
  isPauseAtEnd,
  nextInTurn,
  standingOf,
  turnAt,
  withNumber,
  withWaiting,
  type Standing,
} from './sequence.js';

/** The inputs of a session's translation; times are epoch milliseconds by the server's clock. */
export type CmcdInput =
  | ReportInput
  /** Nothing has come: reports that waited long enough have their turn. */
  | { readonly kind: 'settle'; readonly now: number }
  /** Nothing will come any more. */
  | { readonly kind: 'finish'; readonly now: number };

interface ReportInput {
  readonly kind: 'report';
  readonly report: CmcdReport;
  readonly now: number;
  /** The milliseconds that the player's clock is behind, by its newest report of the request. */
  readonly clockErrorMs: number;
}

/** A fact with its time by the server's clock. */
export interface DatedFact extends CmcdFact {
  /** An id that is the same each time the fact is computed; no other fact of the session has it. */
  readonly id: string;
}

export interface Translation {
  /** The facts in the order in which to store them. */
  readonly facts: readonly DatedFact[];
  readonly track: CmcdTrack;
  /** Says whether the new track has to be stored. */
  readonly isNews: boolean;
}

/** Translates the inputs of a CMCD session, one after the other, into facts. */
export function translateAll(before: CmcdTrack, inputs: readonly CmcdInput[]): Translation {
  const facts: DatedFact[] = [];
  let track = before;
  let isNews = false;
  for (const input of inputs) {
    const next = translate(track, input);
    facts.push(...next.facts);
    track = next.track;
    isNews ||= next.isNews;
  }
  return { facts, track, isNews };
}

const HELD_MAX = 16;

function translate(before: CmcdTrack, input: CmcdInput): Translation {
  const so = input.kind === 'report' ? takeReport(before, input) : follow(before, input);
  const { held } = so.track;
  const isDue = (heldUntil(so.track) ?? Infinity) <= input.now || held.length > HELD_MAX;
  return isDue || (input.kind === 'finish' && held.length > 0) ? release(so, input.now) : so;
}

function takeReport(before: CmcdTrack, input: ReportInput): Translation {
  const standing = standingOf(before, input.report);
  if (standing === 'known') return { facts: [], track: before, isNews: false };
  const isEarly = standing === 'next' && isGoingOn(before);
  return isEarly ? hold(before, input) : follow(before, input, standing);
}

const GOING_ON: ReadonlySet<CmcdTrack['mode']> = new Set<CmcdTrack['mode']>([
  'playing',
  'stalled',
  'seeking',
  'paused',
  'waiting',
]);

/** Says whether the last reports of a run may still be on their way when another one begins. */
const isGoingOn = ({ mode, askedAt }: CmcdTrack): boolean =>
  GOING_ON.has(mode) || (mode === 'starting' && askedAt !== undefined);

function hold(before: CmcdTrack, { report, now, clockErrorMs }: ReportInput): Translation {
  const isKnown = before.held.some(
    (one) => one.report.number === report.number && one.report.at === report.at,
  );
  if (isKnown) return { facts: [], track: before, isNews: false };
  const held = [...before.held, { report, arrivedAt: now, clockErrorMs }];
  return { facts: [], track: { ...before, held }, isNews: true };
}

/** Begins the next run with the reports that were held. */
function release({ facts, track: { held, ...track } }: Translation, now: number): Translation {
  const all = [...facts];
  let last: CmcdTrack = { ...track, held: [] };
  for (const { report, clockErrorMs } of [...held].sort((a, b) => a.report.at - b.report.at)) {
    const standing = standingOf(last, report);
    if (standing === 'known') continue;
    const input = { kind: 'report', report, now, clockErrorMs } as const;
    const next = follow(last, input, standing);
    all.push(...next.facts);
    last = next.track;
  }
  return { facts: all, track: last, isNews: true };
}

/**
 * The time in milliseconds that the first reports of another run wait for the last ones of this
 * run.
 */
const HELD_MS = SECOND_MS;

const heldUntil = ({ held: [first] }: CmcdTrack): number | undefined =>
  first === undefined ? undefined : first.arrivedAt + HELD_MS;

/** Applies an input to a run, or to the next run if a report begins one. */
function follow(before: CmcdTrack, input: CmcdInput, standing?: Standing): Translation {
  const facts: DatedFact[] = [];
  let run = new Run(before);
  const handOver = (): void => {
    const { offsetMs, run: number } = run.track;
    const dated = run.facts.map((fact) => ({
      ...fact,
      id: `cmcd-${String(number)}-${String(fact.at)}-${nameOf(fact)}`,
      at: Math.min(fact.at + offsetMs, input.now),
    }));
    facts.push(...dated);
  };
  if (input.kind === 'report') {
    if (standing === 'next') {
      drain(run, Infinity);
      run.leave(input.report.at);
      handOver();
      run = new Run(runAfter(before, input.report.at, offsetOf(input.clockErrorMs)));
    }
    if (standing === 'late') takeLate(run, input.report);
    else place(run, input.report, input.now);
  }
  drain(run, input.kind === 'finish' ? Infinity : input.now);
  if (input.kind === 'finish') run.finish();
  else if (isFinal(run.track, input.now)) run.endFailing();
  else if ((silentUntil(run.track) ?? Infinity) <= input.now) run.closeAlive();
  handOver();
  const { track } = run;
  return { facts, track, isNews: facts.length > 0 || lastingOf(before) !== lastingOf(track) };
}

/**
 * The time in milliseconds for which a player that says that it failed may be silent and yet play
 * on.
 */
const RECOVERY_MS_MAX = 30 * SECOND_MS;

/** Says whether a failure is final: nothing can play again, waiting reports included. */
const isFinal = ({ waiting, failedBy = Infinity }: CmcdTrack, now: number): boolean =>
  failedBy + RECOVERY_MS_MAX <= now && waiting.length === 0;

/** The longest time in milliseconds for which signs of life are not stored. */
const SILENT_MS_MAX = 30 * SECOND_MS;

/**
 * Returns the time, by the server's clock, when what was watched up to a sign of life is told
 * without another report.
 */
function silentUntil(track: CmcdTrack): number | undefined {
  const { alive, waiting } = track;
  if (alive === undefined || waiting.length > 0 || !isTelling(track)) return undefined;
  return alive.arrivedAt + SILENT_MS_MAX;
}

/** Returns a name that tells the facts of one moment apart. */
const nameOf = ({ type, state, rendition }: CmcdFact): string =>
  [type, state, rendition?.label].filter((part) => part !== undefined).join('-');

/** The most runs of a session of which repeated first reports are recognised. */
const STARTS_MAX = 8;

function runAfter(
  { run, firstAt, startedAt, lastAt, passedOver: missed, late }: CmcdTrack,
  at: number,
  offsetMs: number,
): CmcdTrack {
  const before = firstAt === undefined ? startedAt : [...startedAt, firstAt];
  const startedBefore = before.slice(-STARTS_MAX);
  const counts = { passedOver: missed, late };
  const after = at > lastAt && run >= 0 ? { after: lastAt } : {};
  return { ...NO_RUN, ...counts, run: run + 1, offsetMs, startedAt: startedBefore, ...after };
}

/** The error in milliseconds up to which a player's clock is taken as it is. */
const CLOCK_ERROR_MS_MAX = 2 * SECOND_MS;

const offsetOf = (clockErrorMs: number): number =>
  Math.abs(clockErrorMs) > CLOCK_ERROR_MS_MAX ? clockErrorMs : 0;

function place(run: Run, report: CmcdReport, arrivedAt: number): void {
  const { track } = run;
  const { number, event } = report;
  const isSilent = report.startupMs === undefined && report.errorCode === undefined;
  if (event === 'rr') track.hasResponses = true;
  if (event === 'rr' && isSilent) {
    takeNumber(run, track.next, number);
  } else if (number === undefined) {
    run.setClock(report.at);
    run.take(report, arrivedAt, false);
  } else {
    track.waiting = withWaiting(track.waiting, { ...report, number, arrivedAt });
  }
  if (event !== 'rr') return;
  run.noteAlive(report, arrivedAt);
  run.noteRendition(report);
}

/** Takes a number, and passes over those below `least` that have not come. */
function takeNumber({ track }: Run, least: number, number: number | undefined): void {
  const after = withNumber({ next: least, seen: track.seen }, number);
  const missed = passedOver(track, after.next, number);
  track.gaps = withGaps(track.gaps, missed);
  track.passedOver += lengthOf(missed);
  Object.assign(track, after);
}

/** Takes a report whose place was passed. */
function takeLate(run: Run, report: CmcdReport): void {
  run.takeLate(report);
  const { track } = run;
  const { number = 0, at } = report;
  track.gaps = withoutNumber(track.gaps, number);
  track.late += 1;
  // Sent again it begins no run.
  if (number === 0) track.startedAt = [...track.startedAt, at].slice(-STARTS_MAX);
}

/** Takes the reports whose turn it is. */
function drain(run: Run, now: number): void {
  const { track } = run;
  for (let turn = nextInTurn(track, now); turn !== undefined; turn = nextInTurn(track, now)) {
    const { report, isAfterGap } = turn;
    track.waiting = track.waiting.slice(1);
    takeNumber(run, Math.max(track.next, report.number), report.number);
    if (report.event !== 'rr') run.setClock(report.at);
    if (!isPauseAtEnd(track, report)) run.take(report, report.arrivedAt, isAfterGap);
  }
}

/**
 * Returns the part of a track that must be stored. The rest only notes that reports came which say
 * nothing, or did not come.
 */
const lastingOf = (track: CmcdTrack): string =>
  JSON.stringify({ ...track, ...PASSING, failedBy: track.failedBy !== undefined });

const PASSING = {
  ...{ next: 0, lastAt: 0, clockAt: 0, tickAt: 0, intervalMs: 0 },
  ...{ gaps: [], passedOver: 0, late: 0, alive: undefined },
};

/** Returns the time at which to settle a session if nothing comes; undefined if nothing waits. */
export function settlesAt(track: CmcdTrack): number | undefined {
  const { failedBy } = track;
  const turns = [turnAt(track), heldUntil(track)].filter((turn) => turn !== undefined);
  if (turns.length > 0) return Math.min(...turns);
  return failedBy === undefined ? silentUntil(track) : failedBy + RECOVERY_MS_MAX;
}
