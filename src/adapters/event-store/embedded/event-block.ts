import { crc32 } from 'node:zlib';
import type { StoredData } from '../../../domain/event-codec.js';
import { NO_STREAM, type StoredEvent } from '../../../ports/event-store.js';

/** Events in a block: reading one of them reads all. */
export const BLOCK_EVENTS_MAX = 100;

/**
 * An event's line in a block: a checksum in hexadecimal digits, then its members as a JSON array.
 * `previous` is the position of the stream's event before, 0 for none: a stream is read by walking
 * back from its end, so that the log needs no index of its events.
 */
type EventMembers = readonly [
  revision: number,
  previous: number,
  stream: string,
  recordedAt: number,
  id: string,
  type: string,
  version: number,
  data: StoredData,
];

const NEWLINE = 0x0a;
const CHECKSUM_DIGITS = 8;
/** Goes with nothing. */
const NO_CHECKSUM = '-'.repeat(CHECKSUM_DIGITS);
/** No event is of this type. */
const DAMAGED_TYPE = '';

/** An event, and the position of its stream's event before it. */
export interface LinkedEvent {
  readonly event: StoredEvent;
  readonly previous: number;
}

/** The line of an event, from its members as JSON. */
export function lineOf(members: string, position: number): string {
  const checksum = checksumOf(members, position);
  return checksum.toString(16).padStart(CHECKSUM_DIGITS, '0') + members;
}

/**
 * CRC-32 of the members and the position behind them. As the start value the position could make up
 * for a change of the first bytes.
 */
const checksumOf = (members: string | Buffer, position: number): number =>
  crc32(String(position), crc32(members));

/** A line that keeps the place of an event that could not be read when it was written. */
export const damagedLine = (text: string): string => NO_CHECKSUM + text.replaceAll('\n', ' ');

export const blockOf = (lines: readonly string[]): string => lines.join('\n');

/**
 * The events of a block after a position, up to the block's own, in their order. In place of one
 * that cannot be read, or is not there, stands one that tells its `damage`.
 */
export function eventsIn(body: Buffer, after: number, last: number): StoredEvent[] {
  const lines = linesOf(body);
  const first = last - lines.length + 1;
  const events: StoredEvent[] = [];
  // Nearly always all lines are whole, and follow each other.
  if (first > after + 1) return salvaged(lines, after, last);
  for (let position = after + 1; position <= last; position += 1) {
    const linked = eventOf(lines[position - first], position);
    if (linked === undefined) return salvaged(lines, after, last);
    events.push(linked.event);
  }
  return events;
}

function linesOf(body: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let to = body.indexOf(NEWLINE); to >= 0; to = body.indexOf(NEWLINE, from)) {
    lines.push(body.subarray(from, to));
    from = to + 1;
  }
  lines.push(body.subarray(from));
  return lines;
}

/** The event at a position of the block that ends at `last`, if it is whole; no other is read. */
export function eventAt(body: Buffer, position: number, last: number): LinkedEvent | undefined {
  let to = body.length;
  for (let at = last; ; at -= 1) {
    const newline = to === 0 ? -1 : body.lastIndexOf(NEWLINE, to - 1);
    if (at === position) return eventOf(body.subarray(newline + 1, to), position);
    if (newline < 0) return undefined;
    to = newline;
  }
}

/** Undefined if the line is not that of an event at this position. */
function eventOf(line: Buffer | undefined, position: number): LinkedEvent | undefined {
  if (line === undefined) return undefined;
  const members = line.subarray(CHECKSUM_DIGITS);
  const checksum = Number(`0x${line.toString('latin1', 0, CHECKSUM_DIGITS)}`);
  if (checksum !== checksumOf(members, position)) return undefined;
  const parsed = JSON.parse(members.toString()) as EventMembers;
  const [revision, previous, stream, recordedAt, id, type, version, data] = parsed;
  const event = { position, stream, revision, recordedAt, id, type, version, data };
  return { event, previous };
}

/** How far a line may have been moved: by a line's end that was damaged, or made. */
const SHIFT_MAX = 3;

/** The same of a block that is damaged, or before which something is missing. */
function salvaged(lines: readonly Buffer[], after: number, last: number): StoredEvent[] {
  const found = new Map<number, StoredEvent>();
  let next = after + 1;
  lines.forEach((line, i) => {
    for (const first of [last - lines.length + 1, after + 1]) {
      const expected = first + i;
      const to = Math.min(last, expected + SHIFT_MAX);
      for (let at = Math.max(next, expected - SHIFT_MAX); at <= to; at += 1) {
        const linked = eventOf(line, at);
        if (linked === undefined) continue;
        found.set(at, linked.event);
        next = at + 1;
        return;
      }
    }
  });
  return withDamage(found, after, last);
}

function withDamage(
  found: ReadonlyMap<number, StoredEvent>,
  after: number,
  last: number,
): StoredEvent[] {
  const events: StoredEvent[] = [];
  let before = after;
  let recordedAt = found.values().next().value?.recordedAt ?? Date.now();
  for (const at of [...found.keys(), last + 1]) {
    events.push(...damagedBetween(before, at, recordedAt));
    const event = found.get(at);
    if (event === undefined) break;
    events.push(event);
    ({ recordedAt } = event);
    before = at;
  }
  return events;
}

/** What stands for the events between two positions: one for all where no block is as long. */
function damagedBetween(after: number, before: number, recordedAt: number): StoredEvent[] {
  const count = before - after - 1;
  if (count > BLOCK_EVENTS_MAX) {
    const range = `positions ${String(after + 1)} to ${String(before - 1)}`;
    return [damagedAt(before - 1, recordedAt, `nothing can be read at ${range}`)];
  }
  const why = 'the event does not go with its checksum, or is not there';
  return Array.from({ length: count }, (_, i) => damagedAt(after + 1 + i, recordedAt, why));
}

/** What stands for an event that cannot be read. */
export const damagedAt = (position: number, recordedAt: number, damage: string): StoredEvent => ({
  position,
  damage,
  recordedAt,
  ...{ stream: '', revision: NO_STREAM },
  ...{ id: '', type: DAMAGED_TYPE, version: 0, data: {} },
});
