import { LagLimit } from '../../../src/api/limits/lag-limit.js';
import type { ProjectionLag } from '../../../src/ports/projection-control.js';

/** A read model that serves, and lags by so many seconds. */
const lagging = (lagSeconds: number, how: Partial<ProjectionLag> = {}): ProjectionLag =>
  ({
    name: 'popularity',
    isStopped: false,
    scanned: 10,
    servesFrom: 5,
    lagSeconds,
    ...how,
  }) as ProjectionLag;

/** What becomes of events while read models lag so. */
function answerWhile(
  projections: readonly ProjectionLag[],
  secondsMax: number | undefined,
): unknown {
  const limit = new LagLimit(secondsMax, { projections });
  try {
    limit.check();
    return 'taken';
  } catch (error) {
    return error;
  }
}

const heldBack = (retryAfterSeconds: number): unknown =>
  expect.objectContaining({
    code: 'OVERLOADED',
    message: expect.stringMatching(/^popularity lags by \d+ s: events are held back$/) as unknown,
    details: { retryAfterSeconds, reason: 'lagging' },
  });

it('holds events back beyond the limit, for as long as that is passed by', () => {
  expect(answerWhile([lagging(0), lagging(10)], 10)).toBe('taken');
  expect(answerWhile([lagging(0), lagging(10.5)], 10)).toEqual(heldBack(1));
  expect(answerWhile([lagging(17), lagging(12)], 10)).toEqual(heldBack(7));
  expect(answerWhile([lagging(100_000)], 10)).toEqual(heldBack(30));
});

it('holds nothing back where no limit is set', () => {
  expect(answerWhile([lagging(1e6)], undefined)).toBe('taken');
});

it('does not count what has stopped, nor what is folded anew', () => {
  const stopped = lagging(1e6, { isStopped: true });
  const anew = lagging(1e6, { scanned: 4 });
  expect(answerWhile([stopped, anew], 10)).toBe('taken');
  expect(answerWhile([stopped, anew, lagging(11)], 10)).toEqual(heldBack(1));
});

it('looks again when the read models were looked at again', () => {
  const health = { projections: [lagging(11)] };
  const limit = new LagLimit(10, health);
  const check = (): void => {
    limit.check();
  };
  expect(check).toThrow('lags by 11 s');
  health.projections = [lagging(9)];
  check();
});
