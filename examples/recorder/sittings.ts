import { setTimeout as sleep } from 'node:timers/promises';
import { play } from './play.js';
import { failedResult, resultOf, type Result } from './result.js';
import { keepWrong } from './sessions.js';
import type { Scenario } from './scenario.js';
import type { Studio } from './studio.js';
import { fetchTold, settle } from './told.js';
import type { Way } from './ways.js';

/** A scenario to be played in a way. */
export interface Sitting {
  readonly scenario: Scenario;
  readonly way: Way;
}

/** All that a player reported is in the figures so long after its last report. */
const SETTLED_MS = 36_000;
/** How often something is played while the machine is too busy to see what happens. */
const BUSY_ATTEMPTS_MAX = 3;
/** What is told wrongly is played once more: page, server and others share the machine. */
const ATTEMPTS_MAX = 2;

export const sittingsOf = (
  scenarios: readonly Scenario[],
  ways: readonly Way[],
): readonly Sitting[] =>
  scenarios.flatMap((scenario) =>
    ways.flatMap((way) => ((scenario.isFor?.(way) ?? true) ? [{ scenario, way }] : [])),
  );

/**
 * Plays all of it, so many at once, and tells of each result as soon as it is known. What is not
 * told rightly is played again, more often where a busy machine kept it from being seen; the last
 * one counts.
 */
export async function playAll(
  studio: Studio,
  sittings: readonly Sitting[],
  atOnce: number,
  onResult: (result: Result, isPlayedAgain: boolean) => void,
): Promise<void> {
  const seats = new Seats(atOnce);
  const sit = async (sitting: Sitting, attempt: number): Promise<void> => {
    const result = await resultAfter(studio, seats, sitting, attempt);
    const isWrong = result.faults.length > 0;
    const attemptsMax = result.isBusy ? BUSY_ATTEMPTS_MAX : ATTEMPTS_MAX;
    const isPlayedAgain = isWrong && attempt < attemptsMax;
    onResult(result, isPlayedAgain);
    if (isPlayedAgain) await sit(sitting, attempt + 1);
  };
  await Promise.all(sittings.map((sitting) => sit(sitting, 1)));
}

async function resultAfter(
  studio: Studio,
  seats: Seats,
  { scenario, way }: Sitting,
  attempt: number,
): Promise<Result> {
  try {
    const played = await seats.during(() => play(studio, scenario, way, attempt));
    await sleep(SETTLED_MS);
    const { url } = studio.server;
    const told = await fetchTold(url, played.mediaIds, await settle(url));
    const result = resultOf(played, told);
    if (result.faults.length > 0) await keepWrong(played, told, studio.gate.bodiesOf(played.name));
    return result;
  } catch (error) {
    return failedResult(scenario, way, error);
  }
}

/** Lets no more than so many play at once, first come, first served. */
class Seats {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
