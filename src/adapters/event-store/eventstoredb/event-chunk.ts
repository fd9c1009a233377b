import type { StoredEvent } from '../../../ports/event-store.js';
import { storedEventOf, toPosition, toSafe } from './stored-event.js';

/**
 * Events on their way between two processes. Their contents stay bytes; only the process that uses
 * them parses them.
 */
export interface EventChunk {
  readonly ids: readonly string[];
  readonly streams: readonly string[];
  readonly types: readonly string[];
  /** For each event: revision, position, creation, whether its data are JSON, both lengths. */
  readonly numbers: Float64Array;
  /** The data and the metadata of each event, one after the other. */
  readonly bytes: Uint8Array;
}

/** The number of this form; a process of another build may know another form. */
export const CHUNK_FORMAT = 1;

/** An event as the successor's bridge hands it over. */
export interface BridgeEvent {
  readonly streamId: string;
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly revision: bigint;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly position: { readonly commit: bigint; readonly prepare: bigint };
}

const NUMBERS_EACH = 6;
const NOTHING = new Uint8Array();

/** Gathers events until they are sent. */
export class ChunkBuilder {
  private events: BridgeEvent[] = [];
  /** The size of the gathered events in bytes. */
  size = 0;

  add(event: BridgeEvent): void {
    this.events.push(event);
    this.size += event.data.length + event.metadata.length;
  }

  /** Returns the gathered events, and empties the builder. */
  take(): EventChunk {
    const { events } = this;
    this.events = [];
    this.size = 0;
    return {
      ids: events.map(({ id }) => id),
      streams: events.map(({ streamId }) => streamId),
      types: events.map(({ type }) => type),
      numbers: Float64Array.from(events.flatMap(numbersOf)),
      bytes: Buffer.concat(events.flatMap(({ data, metadata }) => [data, metadata])),
    };
  }
}

const numbersOf = (event: BridgeEvent): readonly number[] => [
  toSafe(event.revision),
  toPosition(event.position),
  event.created,
  Number(event.isJson),
  event.data.length,
  event.metadata.length,
];

/** Returns the events of a chunk, parsed as the other client parses them. */
export function eventsOf({ ids, streams, types, numbers, bytes }: EventChunk): StoredEvent[] {
  const { buffer, byteOffset, length } = bytes;
  const all = Buffer.from(buffer, byteOffset, length);
  let at = 0;
  const next = (count: number): Buffer => all.subarray(at, (at += count));
  return ids.map((id, i) => {
    const [revision, position, createdMs, isJson, dataLength, metadataLength] = numbers.subarray(
      i * NUMBERS_EACH,
    );
    const [data, metadata] = [next(dataLength ?? NaN), next(metadataLength ?? NaN)];
    return storedEventOf({
      id,
      stream: streams[i] ?? '',
      type: types[i] ?? '',
      revision: revision ?? NaN,
      position: position ?? NaN,
      createdMs: createdMs ?? NaN,
      data: isJson === 1 ? parsed(data, String) : new Uint8Array(data),
      metadata: metadata.length === 0 ? undefined : parsed(metadata, () => NOTHING),
    });
  });
}

/** Parses JSON; returns `otherwise` of a text that is none. */
function parsed(text: Buffer, otherwise: (text: Buffer) => unknown): unknown {
  try {
    return JSON.parse(text.toString()) as unknown;
  } catch {
    return otherwise(text);
  }
}
