import { IngestCounts } from '../../src/telemetry/ingest-counts.js';

const counting = (startMs = 123_456) => {
  const clock = { ms: startMs };
  return { clock, counts: new IngestCounts(() => clock.ms) };
};
const rateOf = (counts: IngestCounts): number => counts.counted().perSecond;

test('events are counted by what became of them, every reason named', () => {
  const { counts } = counting();
  counts.add('accepted', 5);
  counts.add('accepted', 2);
  counts.add('duplicate', 3);
  counts.add('conflicting', 1);
  counts.add('batch', 4);
  counts.add('invalid', 1);
  expect(counts.counted()).toEqual({
    accepted: 7,
    duplicates: 4,
    refused: [
      { reason: 'invalid', count: 1 },
      { reason: 'batch', count: 4 },
      { reason: 'store', count: 0 },
      { reason: 'bot', count: 0 },
    ],
    perSecond: 7,
  });
});

describe('the rate', () => {
  test('is over the time since the start, a second at least', () => {
    const { clock, counts } = counting();
    counts.add('accepted', 30);
    clock.ms += 500;
    expect(rateOf(counts)).toBe(30);
    clock.ms += 9_500;
    expect(rateOf(counts)).toBe(3);
  });

  test('is over the last minute, by the second, and has forgotten what was before', () => {
    const { clock, counts } = counting(100_000);
    counts.add('accepted', 600);
    clock.ms = 159_999;
    expect(rateOf(counts)).toBeCloseTo(10, 2);
    // The second in which they came is the 61st now.
    clock.ms = 160_000;
    expect(rateOf(counts)).toBe(0);
    counts.add('accepted', 118);
    clock.ms = 219_000;
    expect(rateOf(counts)).toBe(2);
    clock.ms = 10_000_000;
    expect(rateOf(counts)).toBe(0);
    expect(counts.counted().accepted).toBe(718);
  });

  test('is of accepted events alone', () => {
    const { counts } = counting();
    counts.add('duplicate', 9);
    counts.add('bot', 9);
    expect(rateOf(counts)).toBe(0);
  });
});
