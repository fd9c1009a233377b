import { EventEmitter } from 'node:events';

/** An event on its way into the log, as the wire has it. */
export interface ProposedRecord {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LogRecord extends ProposedRecord {
  readonly stream: string;
  readonly revision: number;
  /** Places in the log are bytes: they have gaps. */
  readonly commit: number;
  readonly prepare: number;
  readonly createdMs: number;
}

export type AppendResult =
  | { readonly kind: 'stored'; readonly last: LogRecord; readonly isRepetition: boolean }
  | { readonly kind: 'wrong-revision'; readonly current: number }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'deleted' };

/** The server's default; it counts data, metadata and the type's two bytes a character. */
const APPEND_BYTES_MAX = 2 ** 20;
const RECORD_BYTES = 90;
/** The revision of the event that ends a stream for good. */
const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
const LINK = { contentType: 'application/octet-stream', metadata: new Uint8Array() };
const NOTHING = { ...LINK, data: new Uint8Array() };

/** What the double holds, with the server's rules for revisions and repetitions. */
export class DoubleLog {
  /** In the order of their positions. */
  readonly records: LogRecord[] = [];
  /** How far its server's clock is ahead of this machine's. */
  clockOffsetMs = 0;
  private readonly streams = new Map<string, LogRecord[]>();
  /** From which revision on a stream can be read, where it was cut off. */
  private readonly cutOff = new Map<string, number>();
  private readonly tombstones = new Set<string>();
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private position = 0;
  private neighbours = 0;

  /** As the server does: its own first event is at the very start of the log. */
  constructor() {
    const id = '00000000-0000-4000-8000-ffffffffffff';
    const data = new TextEncoder().encode('{}');
    const type = '$EpochInformation';
    const contentType = 'application/json';
    const epoch = { id, type, contentType, data, metadata: new Uint8Array() };
    this.append('$epoch-information', 'any', [epoch]);
  }

  /**
   * Appends at a revision, -1 for a stream that is not there, or wherever the stream ends. At the
   * current revision the same id is stored again; at an older one it is known by all its ids.
   */
  append(
    stream: string,
    expected: number | 'any',
    proposed: readonly ProposedRecord[],
  ): AppendResult {
    const bytes = proposed.reduce((sum, one) => sum + sizeOf(one), 0);
    if (bytes > APPEND_BYTES_MAX) return { kind: 'too-large' };
    if (this.isDeleted(stream)) return { kind: 'deleted' };
    const existing = this.streams.get(stream) ?? [];
    const current = existing.length - 1;
    const isHidden = current >= 0 && (this.cutOff.get(stream) ?? 0) > current;
    const isBegunAnew = expected === -1 && isHidden;
    if (expected !== 'any' && expected !== current && !isBegunAnew) {
      const found = existing.slice(expected + 1, expected + 1 + proposed.length);
      const last = found.at(-1);
      const isSame = found.length === proposed.length;
      if (last === undefined || !isSame || found.some(({ id }, i) => id !== proposed[i]?.id)) {
        return { kind: 'wrong-revision', current };
      }
      return { kind: 'stored', last, isRepetition: true };
    }
    if (isHidden) this.cutOff.set(stream, existing.length);
    const added = proposed.map((one, i) => this.add(stream, existing.length + i, one));
    this.streams.set(stream, existing);
    existing.push(...added);
    this.emitter.emit('appended', added);
    const last = added.at(-1);
    if (last === undefined) throw new Error('an append without events');
    return { kind: 'stored', last, isRepetition: false };
  }

  /** What the clock of its server shows, epoch milliseconds. */
  now(): number {
    return Date.now() + this.clockOffsetMs;
  }

  /** What can be read of a stream. */
  stream(name: string): LogRecord[] {
    const records = this.streams.get(name) ?? [];
    const first = this.cutOff.get(name);
    return first === undefined ? records : records.slice(first);
  }

  /** As `$tb` does, and `$maxCount`; without a revision all of it goes, as in a soft delete. */
  cutOffBefore(name: string, revision = this.streams.get(name)?.length ?? 0): void {
    this.cutOff.set(name, revision);
  }

  /** Deletes a stream for good. */
  tombstone(stream: string): void {
    const type = '$streamDeleted';
    const id = `00000000-0000-4000-9000-${String(this.records.length).padStart(12, '0')}`;
    this.emitter.emit('appended', [this.add(stream, TOMBSTONE_REVISION, { id, type, ...NOTHING })]);
    this.streams.delete(stream);
    this.tombstones.add(stream);
  }

  isDeleted(stream: string): boolean {
    return this.tombstones.has(stream);
  }

  /** As if so many records had been stored and no more: an older backup was put back. */
  putBackTo(count: number): void {
    const lost = this.records.splice(count);
    this.position = lost[0]?.commit ?? this.position;
    for (const { stream, revision } of lost.reverse()) {
      if (revision === TOMBSTONE_REVISION) this.tombstones.delete(stream);
      else this.streams.get(stream)?.pop();
    }
    for (const { stream } of lost) {
      if (this.streams.get(stream)?.length === 0) this.streams.delete(stream);
    }
  }

  /** The index of the first record at a position or after it. */
  indexOf(commit: number): number {
    let low = 0;
    for (let high = this.records.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.records[middle]?.commit ?? Infinity) < commit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  onAppended(listener: (added: readonly LogRecord[]) => void): () => void {
    this.emitter.on('appended', listener);
    return () => this.emitter.off('appended', listener);
  }

  /** What others write: another program, the server itself, its links to our events. */
  appendNeighbour(ours: string): void {
    const number = this.neighbours;
    this.neighbours += 1;
    const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const json = { contentType: 'application/json', metadata: new Uint8Array() };
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const others: readonly [string, ProposedRecord][] = [
      ['$stats-127.0.0.1:2113', { id, type: '$statsCollected', data: text('{"a":1}'), ...json }],
      [`$ce-${ours}`, { id, type: '$>', data: text(`0@${ours}`), ...LINK }],
      [`$$${ours}`, { id, type: '$metadata', data: text('{}'), ...json }],
      ['other-1', { id, type: 'session_start', data: new Uint8Array([0, 255, 1]), ...LINK }],
      ['other-2', { id, type: 'heartbeat', data: text('not JSON'), ...json }],
    ];
    const [stream, record] = others[number % others.length] ?? [];
    if (stream !== undefined && record !== undefined) this.append(stream, 'any', [record]);
  }

  private add(stream: string, revision: number, proposed: ProposedRecord): LogRecord {
    const commit = this.position;
    this.position += RECORD_BYTES + stream.length + sizeOf(proposed);
    // Transactions over several calls commit after they prepare; only others use them.
    const prepare = stream === 'other-1' ? commit - 1 : commit;
    const record = { ...proposed, stream, revision, commit, prepare, createdMs: this.now() };
    this.records.push(record);
    return record;
  }
}

const sizeOf = ({ data, metadata, type }: ProposedRecord): number =>
  data.length + metadata.length + 2 * type.length;
