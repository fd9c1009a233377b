import { UndecodableEvent } from '../../src/domain/event-codec.js';
import { causeOf, NOTHING_PARKED, summaryOf } from '../../src/ports/parked-summary.js';

/** As folds store it. */
const parked = (position: number, error: unknown, skipped?: string) => ({
  position,
  key: '',
  reason: String(error),
  parkedAt: 1,
  ...(skipped !== undefined && { skipped }),
});

class DamagedEventError extends Error {
  override readonly name = 'DamagedEventError';
}

test.each([
  [new DamagedEventError('its checksum does not fit'), 'damaged'],
  [UndecodableEvent.malformed('heartbeat', 1, 'has no mediaId'), 'malformed'],
  [UndecodableEvent.unknown('heartbeat', 9), 'unknown'],
  [new TypeError('this is undefined'), 'fold'],
  ['an earlier event of this document waits', 'fold'],
  ['', 'fold'],
])('the reason that %s leaves tells its cause', (error, cause) => {
  expect(causeOf(parked(1, error))).toBe(cause);
});

test('a summary tells where the first and the last are, and leaves out what was given up', () => {
  const malformed = UndecodableEvent.malformed('heartbeat', 1, 'has no mediaId');
  const all = [parked(2, malformed, 'no'), parked(5, malformed), parked(9, new Error('no'))];
  expect(summaryOf(all)).toEqual({
    lowest: { position: 5, cause: 'malformed' },
    highest: { position: 9, cause: 'fold' },
    byCause: { damaged: 0, malformed: 1, unknown: 0, fold: 1 },
  });
  expect(summaryOf(all.slice(0, 1))).toEqual(NOTHING_PARKED);
});
