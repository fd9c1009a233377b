import { crc32 } from 'node:zlib';
import type { StoredData } from '../../../domain/event-codec.js';
import { NO_STREAM, type StoredEvent } from '../../../ports/event-store.js';

/**
 * A row of the log: consecutive events, each a line of JSON. The checksum (CRC-32) of the body
 * tells that all is whole; if not, the checksums of the lines tell which are.
 */
export interface Block {
  /** The position of the last event. */
  readonly last: number;
  readonly checksum: number;
  /** Bytes, since a damaged body may be no text. */
  readonly body: Buffer;
}

/** Events in a block: reading one of them reads all. */
export const BLOCK_EVENTS_MAX = 100;

/**
 * An event's line: the checksum of what follows it, then the event's members. `previous` is the
 * position of the stream's event before, 0 for none. A reader walks a stream back from its end, so
 * that the log needs no index of its events.
 */
type EventLine = readonly [
  checksum: number,
  position: number,
  revision: number,
  previous: number,
  stream: string,
  recordedAt: number,
  id: string,
  type: string,
  version: number,
  data: StoredData,
];
/** A line that keeps the place of an event that could not be read when the line was written. */
type DamagedLine = readonly [checksum: null, position: number, text: string];

const LINE_END = ',\n';
const [COMMA = 0, NEWLINE = 0] = Buffer.from(LINE_END);
/** No event is of this type. */
const DAMAGED_TYPE = '';
const DAMAGED = 'the event does not go with its checksum, or is not there';

/** An event, and the position of its stream's event before it. */
export interface LinkedEvent {
  readonly event: StoredEvent;
  readonly previous: number;
}

/** Makes the line of an event from its members as JSON text, from the position on. */
export const lineOf = (members: string): string => `[${String(crc32(members))},${members}]`;

export const damagedLine = (position: number, text: string): string =>
  JSON.stringify([null, position, text] satisfies DamagedLine);

export const bodyOf = (lines: readonly string[]): string => lines.join(LINE_END);

/** Consecutive blocks in one body: the database takes longer to return many bodies. */
export interface BlockRun {
  readonly last: number;
  /** The checksum of each block. */
  readonly checksums: readonly number[];
  /** The length of each block in bytes. */
  readonly lengths: readonly number[];
  /** The bodies, with the end of a line between two blocks. */
  readonly body: Buffer;
}

/** Returns the events of some blocks after a position; undefined if any is damaged or missing. */
export function wholeEvents(run: BlockRun, after: number): readonly StoredEvent[] | undefined {
  const { last, checksums, lengths, body } = run;
  let from = 0;
  for (const [i, length] of lengths.entries()) {
    if (crc32(body.subarray(from, from + length)) !== checksums[i]) return undefined;
    from += length + LINE_END.length;
  }
  const lines = JSON.parse(`[${body.toString()}]`) as readonly (EventLine | DamagedLine)[];
  const first = lines[0]?.[1] ?? Infinity;
  if (first > after + 1 || first + lines.length - 1 !== last) return undefined;
  let recordedAt = lines.find((line) => !isDamaged(line))?.[5] ?? Date.now();
  const events = lines.map((line) => {
    if (isDamaged(line)) return damagedAt(line[1], recordedAt, DAMAGED);
    const event = eventOf(line);
    ({ recordedAt } = event);
    return event;
  });
  return first === after + 1 ? events : events.slice(after + 1 - first);
}

/**
 * Returns the events of a block after a position, in their order. In place of an event that cannot
 * be read, or is not there, it returns an event that tells the `damage`.
 */
export function eventsIn(block: Block, after: number): readonly StoredEvent[] {
  const { last, body } = block;
  const [checksums, lengths] = [[block.checksum], [body.length]];
  const whole = wholeEvents({ last, checksums, lengths, body }, after);
  return whole ?? withDamage(salvagedEvents(block), after, last);
}

const isDamaged = (line: EventLine | DamagedLine): line is DamagedLine => line[0] === null;

function eventOf(line: EventLine): StoredEvent {
  const [, position, revision, , stream, recordedAt, id, type, version, data] = line;
  return { position, stream, revision, recordedAt, id, type, version, data };
}

/** Returns the event at a position of a block, if it is whole; reads no other event. */
export function eventAt({ body, last }: Block, position: number): LinkedEvent | undefined {
  let to = body.length;
  for (let at = last; ; at -= 1) {
    const newline = to === 0 ? -1 : body.lastIndexOf(NEWLINE, to - 1);
    if (at === position) {
      const line = lineIn(body.subarray(newline + 1, to));
      if (line?.[1] !== position) return undefined;
      return { event: eventOf(line), previous: line[3] };
    }
    if (newline < 0) return undefined;
    to = newline;
  }
}

/** Returns the events of a block whose lines are whole, in rising order of their positions. */
function salvagedEvents({ body }: Block): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let from = 0; from < body.length;) {
    const newline = body.indexOf(NEWLINE, from);
    const to = newline < 0 ? body.length : newline;
    const line = lineIn(body.subarray(from, to));
    if (line !== undefined && line[1] > (events.at(-1)?.position ?? 0)) events.push(eventOf(line));
    from = to + 1;
  }
  return events;
}

/** Reads a line, with or without the comma that ends it; undefined if it is not whole. */
function lineIn(bytes: Buffer): EventLine | undefined {
  const end = bytes[bytes.length - 1] === COMMA ? bytes.length - 1 : bytes.length;
  const comma = bytes.indexOf(COMMA);
  const members = bytes.subarray(comma + 1, end - 1);
  if (comma <= 1 || members.length === 0) return undefined;
  const checksum = Number(bytes.toString('latin1', 1, comma));
  if (checksum !== crc32(members)) return undefined;
  return JSON.parse(`[0,${members.toString()}]`) as EventLine;
}

/** Fills the gaps between the found events, from `after` to `last`, with damaged events. */
function withDamage(
  found: readonly StoredEvent[],
  after: number,
  last: number,
): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  let before = after;
  let recordedAt = found[0]?.recordedAt ?? Date.now();
  for (const event of found) {
    if (event.position <= before || event.position > last) continue;
    events.push(...damagedBetween(before, event.position, recordedAt), event);
    ({ recordedAt, position: before } = event);
  }
  events.push(...damagedBetween(before, last + 1, recordedAt));
  return events;
}

/** Makes the damaged events between two positions; only one if no block is as long as the gap. */
function damagedBetween(after: number, before: number, recordedAt: number): StoredEvent[] {
  const count = before - after - 1;
  if (count > BLOCK_EVENTS_MAX) {
    const range = `positions ${String(after + 1)} to ${String(before - 1)}`;
    return [damagedAt(before - 1, recordedAt, `nothing can be read at ${range}`)];
  }
  return Array.from({ length: count }, (_, i) => damagedAt(after + 1 + i, recordedAt, DAMAGED));
}

/** Makes the event that stands for an unreadable one. */
export const damagedAt = (position: number, recordedAt: number, damage: string): StoredEvent => ({
  position,
  damage,
  recordedAt,
  ...{ stream: '', revision: NO_STREAM },
  ...{ id: '', type: DAMAGED_TYPE, version: 0, data: {} },
});
