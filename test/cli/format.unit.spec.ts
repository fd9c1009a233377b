import {
  cutTo,
  formatAmount,
  formatBars,
  formatBytes,
  formatClock,
  formatCounted,
  formatDuration,
  widthOf,
} from '../../src/cli/format.js';

describe('bars', () => {
  it('are blank for nothing, visible for anything and full for the largest', () => {
    expect(formatBars([0, 0.001, 4, 8], 8)).toBe(' ▁▄█');
  });

  it('of nothing at all are blank', () => {
    expect(formatBars([0, 0], 0)).toBe('  ');
  });
});

describe('minutes and seconds', () => {
  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [125.4, '2:05'],
    [4_000, '66:40'],
  ])('of %p seconds are %p', (seconds, text) => {
    expect(formatClock(seconds)).toBe(text);
  });
});

test.each([
  [0, '0 s'],
  [0.2, '1 s'],
  [59.5, '1 min 0 s'],
  [445, '7 min 25 s'],
  [3_599.5, '1 h 0 min'],
  [9_990, '2 h 47 min'],
  [360_000_000, '100,000 h 0 min'],
])('%p seconds take %p', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, '0 bytes'],
  [1_023, '1,023 bytes'],
  [1_024, '1.0 KiB'],
  [1_048_575, '1.0 MiB'],
  [1_234_567, '1.2 MiB'],
  [2 ** 40, '1.0 TiB'],
  [2 ** 50, '1024.0 TiB'],
])('%p bytes are %p', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0 events'],
  [1, '1 event'],
  [1_234, '1,234 events'],
])('%p with its noun is %p', (count, text) => {
  expect(formatCounted(count, 'event')).toBe(text);
});

test.each([
  [0, '0.00'],
  [0.00265625, '0.0027'],
  [0.01, '0.01'],
  [1_234.567, '1,234.57'],
])('of the amount %p something is seen: %p', (amount, text) => {
  expect(formatAmount(amount, 2)).toBe(text);
});

describe('the width of a text', () => {
  it.each([
    ['abc', 3],
    ['Ünïcode', 7],
    ['e\u0301', 1],
    ['東京', 4],
    ['한국', 4],
    ['📺', 2],
    ['👨‍👩‍👧', 2],
    ['™ ♥ ♥️', 6],
  ])('of %p is %p columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is what it is cut to, in whole characters', () => {
    expect(cutTo('the harbour', 11)).toBe('the harbour');
    expect(cutTo('the harbour', 10)).toBe('the har...');
    expect(cutTo('東京物語物語', 9)).toBe('東京物...');
    expect(cutTo('📺📺📺📺', 6)).toBe('📺...');
  });
});
