import { isObject, type StoredData } from '../stored-data.js';
import type { CmcdReport } from './cmcd-report.js';
import type { NumberRange } from './gaps.js';
import type { Rendition } from './rendition.js';

/** A report that waits for reports with lower numbers. */
export interface WaitingReport extends CmcdReport {
  readonly number: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly arrivedAt: number;
}

/** A report of the next run, held until the last reports of this run can have come. */
interface HeldReport {
  readonly report: CmcdReport;
  /** Epoch milliseconds, by the server's clock. */
  readonly arrivedAt: number;
  readonly clockErrorMs: number;
}

/**
 * A sign of life: until then a run went on in its mode, if all reports up to this number have come.
 */
interface SignOfLife {
  readonly number: number;
  readonly at: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly arrivedAt: number;
}

/** A rendition that is loaded, and the time from which it is shown. */
interface Coming {
  readonly rendition: Rendition;
  readonly from: number;
}

/**
 * The modes of a run. `idle`: nobody wants to play yet. `unproven`: it says that it plays, which
 * may not be so. `present`: only its presence is known. `over`: it has ended or failed.
 */
const RUN_MODES = [
  'idle',
  'starting',
  'unproven',
  'playing',
  'present',
  'stalled',
  'seeking',
  'paused',
  'waiting',
  'failed',
  'over',
] as const;
type RunMode = (typeof RUN_MODES)[number];

/**
 * The knowledge of a CMCD session: of its last run, which is the reports since the player last
 * began to number them. Times are epoch milliseconds by the player's clock, unless a member says
 * otherwise.
 */
export interface CmcdTrack {
  /** From 0. */
  readonly run: number;
  /** The lowest number of a report that has not come, of those that come in their order. */
  readonly next: number;
  /** The higher numbers of reports that have come and say nothing themselves, rising. */
  readonly seen: readonly number[];
  /** The numbers of the run that were passed over and have not come since, as far as remembered. */
  readonly gaps: readonly NumberRange[];
  /** The reports of the session, of all its runs, that had not come by their turn. */
  readonly passedOver: number;
  /** The reports of these that have come since. */
  readonly late: number;
  /** In the order of their numbers. */
  readonly waiting: readonly WaitingReport[];
  /** In the order in which they came. */
  readonly held: readonly HeldReport[];
  /** The latest time of a report in its place. */
  readonly lastAt: number;
  /**
   * The time of the last report in its place; earlier than `lastAt` if the player's clock was set
   * back.
   */
  readonly clockAt: number;
  /**
   * Reports up to this time belong to an earlier run; absent if the clock was set back in between.
   */
  readonly after?: number;
  /**
   * The times of the first reports of earlier runs, as far as they are remembered, and of this run
   * if it came late.
   */
  readonly startedAt: readonly number[];
  /** The milliseconds to add to a time of the player to get the server's. */
  readonly offsetMs: number;
  /** The time of the run's first report; absent before it. */
  readonly firstAt?: number;
  /**
   * The first report had no state. Such a player reports that it starts even when it only loads.
   */
  readonly isLoadFirst?: true;
  /** The first reports did not come. */
  readonly isCutOff?: true;
  readonly isPreloaded?: true;
  readonly hasStates?: true;
  /** Responses are reported, too, which have numbers of their own. */
  readonly hasResponses?: true;
  /** The last response that was reported, until another report tells more. */
  readonly alive?: SignOfLife;
  readonly mode: RunMode;
  /** The time since which the mode holds. */
  readonly since: number;
  /** The time up to which watched time has been told in events. */
  readonly toldTo: number;
  /** The time when it last began to play; absent before the first time. */
  readonly playedFrom?: number;
  /** The time when somebody wanted to play; absent if that is not known. */
  readonly askedAt?: number;
  readonly hasView?: true;
  /** See `CmcdReport.startupMs`. */
  readonly startupMs?: number;
  /** The time when a seek in a pause began. */
  readonly soughtAt?: number;
  /** The length in milliseconds of a seek after the end of the title. */
  readonly soughtMs?: number;
  /**
   * The time in a long pause to which the log shows that the player goes on, so that the session
   * does not time out.
   */
  readonly keptAt?: number;
  /** The last report said that the page is hidden, as the last one of a closed page does. */
  readonly isHidden?: true;
  /** The error since it last began to play. */
  readonly errorCode?: string;
  readonly erredAt?: number;
  /** The player itself called it an error: it was more than a response that failed. */
  readonly isError?: true;
  /** The time when the last report came, by the server's clock, if it says that it failed. */
  readonly failedBy?: number;
  readonly shown?: Rendition;
  readonly coming: readonly Coming[];
  /** The time of the report that told the last of these. */
  readonly loadedAt?: number;
  /** The shortest time between two reports that come at intervals; absent before the second. */
  readonly intervalMs?: number;
  readonly tickAt?: number;
}

export const NO_RUN: CmcdTrack = {
  run: -1,
  next: 0,
  seen: [],
  gaps: [],
  passedOver: 0,
  late: 0,
  waiting: [],
  held: [],
  lastAt: -1,
  clockAt: -1,
  startedAt: [],
  offsetMs: 0,
  mode: 'idle',
  since: 0,
  toldTo: 0,
  coming: [],
};

/** A stored track: without the members that are as before the first run. */
export type StoredTrack = Partial<CmcdTrack>;

/** Returns the stored form of a track. */
export function storedTrackOf(track: CmcdTrack): StoredTrack {
  const members = Object.entries(track).filter(([name, value]) => {
    const isEmpty = Array.isArray(value) && value.length === 0;
    return !isEmpty && value !== NO_RUN[name as keyof CmcdTrack];
  });
  return Object.fromEntries(members);
}

/** Returns the track that was stored. */
export function trackFrom(stored: StoredTrack | undefined): CmcdTrack {
  const track: CmcdTrack = { ...NO_RUN, ...stored };
  if (track.mode !== 'failed') return track;
  return { ...track, mode: track.hasView === undefined ? 'starting' : 'waiting' };
}

/** The most entries of a list in a stored track: no build ever wrote more. */
const LIST_MAX = 1_000;
const NUMBERS = [
  ...['run', 'next', 'lastAt', 'clockAt', 'offsetMs', 'since', 'toldTo'],
  ...['passedOver', 'late'],
];
const OF_GAP = ['from', 'to'];
const OF_HELD = ['arrivedAt', 'clockErrorMs'];
const OF_LIFE = ['number', 'at', 'arrivedAt'];
const OF_WAITING = ['number', 'at', 'arrivedAt'];

/** Says whether a stored value is a track. */
export function isTrack(value: unknown): boolean {
  if (!isObject(value)) return false;
  const track: StoredData = { ...NO_RUN, ...value };
  return (
    RUN_MODES.some((mode) => mode === track.mode) &&
    hasNumbers(track, NUMBERS) &&
    isList(track.held, (one) => hasNumbers(one, OF_HELD) && isObject(one.report)) &&
    isList(track.waiting, (one) => hasNumbers(one, OF_WAITING)) &&
    isList(track.coming, (one) => hasNumbers(one, ['from']) && isObject(one.rendition)) &&
    (track.alive === undefined || hasNumbers(track.alive, OF_LIFE)) &&
    isList(track.seen, Number.isSafeInteger) &&
    isList(track.gaps, (one) => hasNumbers(one, OF_GAP)) &&
    isList(track.startedAt, Number.isSafeInteger)
  );
}

const hasNumbers = (value: unknown, names: readonly string[]): value is StoredData =>
  isObject(value) && names.every((name) => Number.isSafeInteger(value[name]));

const isList = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= LIST_MAX && value.every(isItem);
