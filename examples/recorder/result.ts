import { compare, isRight, truthFor, type Check } from './compare.js';
import type { Played } from './play.js';
import type { Scenario } from './scenario.js';
import type { Told } from './told.js';
import { tellsStates, type Way } from './ways.js';

/** What came of a play. */
export interface Result {
  /** The play's name, by which the gate knows it; undefined where there was none. */
  readonly play?: string;
  readonly scenario: string;
  readonly way: string;
  /** What was measured, in words for a table. */
  readonly measured: string;
  /** The figures that are off by more than they may be; empty if all is right. */
  readonly faults: readonly string[];
  /** True if the machine was too busy for the page to see what happened. */
  readonly isBusy: boolean;
}

/** Looks come twenty times a second: with such a gap nobody knows what happened in it. */
const BLIND_MS_MAX = 500;

export function resultOf(played: Played, told: Told): Result {
  const checks = compare(played, told);
  return {
    play: played.name,
    scenario: played.scenario.name,
    way: played.way.name,
    measured: measured(played, told, checks),
    faults: checks.filter((check) => !isRight(check)).map(faultOf),
    isBusy: truthFor(played).blindMs > BLIND_MS_MAX,
  };
}

/** What could not be played, or not be asked for: mostly of a machine that is too busy. */
export function failedResult({ name }: Scenario, way: Way, error: unknown): Result {
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const faults = [`could not be played: ${reason}`];
  return { scenario: name, way: way.name, measured: '', faults, isBusy: true };
}

const LENGTHS: readonly string[] = ['stall', 'seek', 'pause'];

function measured(
  { way, scenario }: Played,
  { views, attempts, failures }: Told,
  checks: readonly Check[],
): string {
  if (!tellsStates(way)) return `${String(views)} ${views === 1 ? 'view' : 'views'}`;
  const isLossy = scenario.isLossy?.(way) === true;
  const failed = failures > 0 ? ', failed' : '';
  if (views === 0) return (attempts === 0 ? 'nothing' : 'an attempt') + failed;
  const watched = checks.filter(({ figure }) => figure === 'watched').map(beside);
  const lengths = LENGTHS.flatMap((figure) => {
    const told = checks.filter((check) => check.figure === figure).map(beside);
    return told.length === 0 ? [] : [`${figure} ${told.join(', ')}`];
  });
  return [...watched, ...lengths, ...(isLossy ? ['some lost'] : [])].join('; ') + failed;
}

/** Writes what the server says and, in brackets, how far that is from what happened. */
const beside = ({ told, truth }: Check): string => `${seconds(told)} (${signed(told - truth)})`;

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
const signed = (ms: number): string => `${ms < 0 ? '−' : '+'}${seconds(Math.abs(ms))}`;

const faultOf = ({ figure, told, truth }: Check): string =>
  LENGTHS.includes(figure) || ['watched', 'startup'].includes(figure)
    ? `${figure} ${seconds(told)} s, not ${seconds(truth)} s`
    : `${figure} ${String(told)}, not ${String(truth)}`;
