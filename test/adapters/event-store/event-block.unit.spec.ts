import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import {
  BLOCK_EVENTS_MAX,
  bodyOf,
  damagedLine,
  eventAt,
  eventsIn,
  lineOf,
  wholeEvents,
  type Block,
} from '../../../src/adapters/event-store/embedded/event-block.js';
import type { StoredEvent } from '../../../src/ports/event-store.js';
import { NOON } from '../../support/playback.js';

const NEWLINE = 0x0a;

const membersAt = (position: number): string =>
  JSON.stringify([
    ...[position, position % 7, Math.max(0, position - 3), `s-${String(position % 3)}`],
    ...[NOON + position, `id-${String(position)}`, 'heartbeat', 1],
    { text: 'é 漢字 \n "', at: position },
  ]).slice(1, -1);

const blockOf = (lines: readonly string[], last: number): Block => {
  const body = Buffer.from(bodyOf(lines));
  return { last, checksum: crc32(body), body };
};

/** A block of so many events after a position. */
const blockAfter = (after: number, count: number): Block => {
  const positions = Array.from({ length: count }, (_, i) => after + 1 + i);
  return blockOf(
    positions.map((at) => lineOf(membersAt(at))),
    after + count,
  );
};

const positionsOf = (events: readonly StoredEvent[]): readonly number[] =>
  events.map(({ position }) => position);
const damagedIn = (events: readonly StoredEvent[]): readonly number[] =>
  positionsOf(events.filter(({ damage }) => damage !== undefined));
const upTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Brackets, and the comma behind the checksum: without them the line is read all the same. */
function isUncovered(body: Buffer, at: number): boolean {
  const from = body.lastIndexOf(NEWLINE, at) + 1;
  const newline = body.indexOf(NEWLINE, at);
  const to = newline < 0 ? body.length : newline - 1;
  return at === from || at === to - 1 || at === body.indexOf(',', from);
}

/** The line that a byte stands in, or ends. */
const lineWith = (block: Buffer, at: number): number =>
  block.subarray(0, at).filter((byte) => byte === NEWLINE).length;

describe('the events of a block', () => {
  it('come back as they were written, each by itself or all', () => {
    const block = blockAfter(40, 5);
    const events = eventsIn(block, 40);
    expect(positionsOf(events)).toEqual([41, 42, 43, 44, 45]);
    expect(events[1]).toEqual({
      ...{ position: 42, stream: 's-0', revision: 0, recordedAt: NOON + 42 },
      ...{ id: 'id-42', type: 'heartbeat', version: 1, data: { text: 'é 漢字 \n "', at: 42 } },
    });
    for (const event of events) {
      const { position } = event;
      expect(eventAt(block, position)).toEqual({ event, previous: position - 3 });
    }
    expect(positionsOf(eventsIn(block, 43))).toEqual([44, 45]);
    expect(eventAt(block, 40)).toBeUndefined();
    expect(eventAt({ ...block, last: 46 }, 41)).toBeUndefined();
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
        const block = blockAfter(after, count);
        const byte = at % block.body.length;
        const body = Buffer.from(block.body);
        body[byte] = (body[byte] ?? 0) ^ bits;
        const events = eventsIn({ ...block, body }, after);
        expect(positionsOf(events)).toEqual(upTo(after + 1, after + count));
        const line = after + 1 + lineWith(block.body, byte);
        // The end of a line stands between two events.
        const isEnd = block.body[byte] === NEWLINE || block.body[byte + 1] === NEWLINE;
        const touched = isEnd ? [line, line + 1] : [line];
        const damaged = damagedIn(events);
        expect(touched).toEqual(expect.arrayContaining([...damaged]));
        // What of a line is not covered says nothing.
        if (!isEnd && !isUncovered(block.body, byte)) expect(damaged).toEqual(touched);
        const untouched = ({ position }: StoredEvent): boolean => !touched.includes(position);
        expect(events.filter(untouched)).toEqual(eventsIn(block, after).filter(untouched));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are told as missing where the block is cut off, or another stands in its place', () => {
    const block = blockAfter(0, 10);
    const half = eventsIn({ ...block, body: block.body.subarray(0, block.body.length / 2 - 5) }, 0);
    expect(positionsOf(half)).toEqual(upTo(1, 10));
    expect(damagedIn(half)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(damagedIn(eventsIn({ ...block, last: 110 }, 100))).toEqual(upTo(101, 110));
    expect(damagedIn(eventsIn({ last: 5, checksum: 0, body: Buffer.alloc(0) }, 3))).toEqual([4, 5]);
  });

  it('are preceded by what is missing before the block: one by one, or all in one', () => {
    const near = eventsIn(blockAfter(5, 2), 2);
    expect([positionsOf(near), damagedIn(near)]).toEqual([
      [3, 4, 5, 6, 7],
      [3, 4, 5],
    ]);
    const far = eventsIn(blockAfter(5_000_000, 2), 2);
    expect(positionsOf(far)).toEqual([5_000_000, 5_000_001, 5_000_002]);
    expect(far[0]?.damage).toBe('nothing can be read at positions 3 to 5000000');
    expect(far[0]?.recordedAt).toBe(NOON + 5_000_001);
  });

  it('may be such that could not be read when they were written', () => {
    const lines = [lineOf(membersAt(1)), damagedLine(2, 'torn\nin two'), lineOf(membersAt(3))];
    const events = eventsIn(blockOf(lines, 3), 0);
    expect([positionsOf(events), damagedIn(events)]).toEqual([[1, 2, 3], [2]]);
  });

  it('are not looked for without end in a block whose last position is absurd', () => {
    const last = Number.MAX_SAFE_INTEGER;
    const events = eventsIn({ ...blockAfter(0, BLOCK_EVENTS_MAX), last }, 0);
    expect(positionsOf(events)).toEqual([...upTo(1, BLOCK_EVENTS_MAX), last]);
    expect(damagedIn(events)).toEqual([last]);
  });

  it('of several blocks come in one, if all of them are whole', () => {
    const blocks = [blockAfter(10, 3), blockAfter(13, 2), blockAfter(15, 4)];
    const run = {
      last: 19,
      checksums: blocks.map(({ checksum }) => checksum),
      lengths: blocks.map(({ body }) => body.length),
      body: Buffer.from(blocks.map(({ body }) => body.toString()).join(',\n')),
    };
    expect(positionsOf(wholeEvents(run, 10) ?? [])).toEqual(upTo(11, 19));
    expect(positionsOf(wholeEvents(run, 12) ?? [])).toEqual(upTo(13, 19));
    expect(wholeEvents(run, 9)).toBeUndefined();
    expect(wholeEvents({ ...run, last: 20 }, 10)).toBeUndefined();
    const body = Buffer.from(run.body);
    body[body.length - 20] = 0x20;
    expect(wholeEvents({ ...run, body }, 10)).toBeUndefined();
  });
});
