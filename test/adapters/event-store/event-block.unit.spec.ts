import fc from 'fast-check';
import {
  BLOCK_EVENTS_MAX,
  blockOf,
  damagedLine,
  eventAt,
  eventsIn,
  lineOf,
} from '../../../src/adapters/event-store/embedded/event-block.js';
import type { StoredEvent } from '../../../src/ports/event-store.js';
import { NOON } from '../../support/playback.js';

const NEWLINE = 0x0a;
const LETTER_CASE = 0x20;

const membersAt = (position: number): string =>
  JSON.stringify([
    ...[position % 7, Math.max(0, position - 3), `s-${String(position % 3)}`, NOON + position],
    ...[`id-${String(position)}`, 'heartbeat', 1, { text: 'é 漢字 \n "', at: position }],
  ]);

/** A block of so many events after a position. */
function blockAfter(after: number, count: number): Buffer {
  const positions = Array.from({ length: count }, (_, i) => after + 1 + i);
  return Buffer.from(blockOf(positions.map((at) => lineOf(membersAt(at), at))));
}

const positionsOf = (events: readonly StoredEvent[]): readonly number[] =>
  events.map(({ position }) => position);
const damagedIn = (events: readonly StoredEvent[]): readonly number[] =>
  positionsOf(events.filter(({ damage }) => damage !== undefined));
const upTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The line that a byte stands in, or ends. */
const lineWith = (block: Buffer, at: number): number =>
  block.subarray(0, at).filter((byte) => byte === NEWLINE).length;

describe('the events of a block', () => {
  it('come back as they were written, each by itself or all', () => {
    const block = blockAfter(40, 5);
    const events = eventsIn(block, 40, 45);
    expect(positionsOf(events)).toEqual([41, 42, 43, 44, 45]);
    expect(events[1]).toEqual({
      ...{ position: 42, stream: 's-0', revision: 0, recordedAt: NOON + 42 },
      ...{ id: 'id-42', type: 'heartbeat', version: 1, data: { text: 'é 漢字 \n "', at: 42 } },
    });
    for (const event of events) {
      const { position } = event;
      expect(eventAt(block, position, 45)).toEqual({ event, previous: position - 3 });
    }
    expect(positionsOf(eventsIn(block, 43, 45))).toEqual([44, 45]);
    expect([eventAt(block, 40, 45), eventAt(block, 41, 46)]).toEqual([undefined, undefined]);
  });

  it('are all read but the one whose byte is another, which is told at its position', () => {
    const flips = fc.record({
      count: fc.integer({ min: 1, max: 12 }),
      after: fc.integer({ min: 0, max: 2 ** 40 }),
      at: fc.nat(),
      bits: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(flips, ({ count, after, at, bits }) => {
        const whole = blockAfter(after, count);
        const byte = at % whole.length;
        // A checksum says the same in capital letters.
        fc.pre(bits !== LETTER_CASE);
        const damaged = Buffer.from(whole);
        damaged[byte] = (damaged[byte] ?? 0) ^ bits;
        const events = eventsIn(damaged, after, after + count);
        expect(positionsOf(events)).toEqual(upTo(after + 1, after + count));
        const line = after + 1 + lineWith(whole, byte);
        // The end of a line is between two events.
        const touched = whole[byte] === NEWLINE ? [line, line + 1] : [line];
        expect(damagedIn(events)).toEqual(touched);
        const rest = eventsIn(whole, after, after + count);
        const untouched = ({ position }: StoredEvent): boolean => !touched.includes(position);
        expect(events.filter(untouched)).toEqual(rest.filter(untouched));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are told as missing where the block is cut off, or another stands in its place', () => {
    const block = blockAfter(0, 10);
    const half = eventsIn(block.subarray(0, block.length / 2 - 5), 0, 10);
    expect(positionsOf(half)).toEqual(upTo(1, 10));
    expect(damagedIn(half)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(damagedIn(eventsIn(block, 100, 110))).toEqual(upTo(101, 110));
    expect(damagedIn(eventsIn(Buffer.alloc(0), 3, 5))).toEqual([4, 5]);
  });

  it('are preceded by what is missing before the block: one by one, or all in one', () => {
    const near = eventsIn(blockAfter(5, 2), 2, 7);
    expect([positionsOf(near), damagedIn(near)]).toEqual([
      [3, 4, 5, 6, 7],
      [3, 4, 5],
    ]);
    const far = eventsIn(blockAfter(5_000_000, 2), 2, 5_000_002);
    expect(positionsOf(far)).toEqual([5_000_000, 5_000_001, 5_000_002]);
    expect(far[0]?.damage).toBe('nothing can be read at positions 3 to 5000000');
    expect(far[0]?.recordedAt).toBe(NOON + 5_000_001);
  });

  it('may be such that could not be read when they were written', () => {
    const body = blockOf([
      lineOf(membersAt(1), 1),
      damagedLine('torn\nin two'),
      lineOf(membersAt(3), 3),
    ]);
    const events = eventsIn(Buffer.from(body), 0, 3);
    expect([positionsOf(events), damagedIn(events)]).toEqual([[1, 2, 3], [2]]);
  });

  it('are not looked for without end in a block whose last position is absurd', () => {
    const last = Number.MAX_SAFE_INTEGER;
    const events = eventsIn(blockAfter(0, BLOCK_EVENTS_MAX), 0, last);
    expect(positionsOf(events)).toEqual([...upTo(1, BLOCK_EVENTS_MAX), last]);
    expect(damagedIn(events)).toEqual([last]);
  });
});
