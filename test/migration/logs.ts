import { randomUUID } from 'node:crypto';
import {
  NO_STREAM,
  type AppendOutcome,
  type EventStore,
  type EventToAppend,
  type LogPage,
  type StoredEvent,
  type StreamAppend,
} from '../../src/ports/event-store.js';
import { readEverything } from '../contracts/event-store.js';
import { LogView } from '../support/event-logs.js';
import type { SeededRandom } from '../support/random.js';

export const IDENTITY = 'p-meta';
const NOON = Date.UTC(2024, 0, 15, 12);

/** What a copy is marked with. */
export const MARKING = { identityStream: IDENTITY, newId: randomUUID, now: () => NOON } as const;
/** What only the copy holds. */
const MARKS: ReadonlySet<string> = new Set(['copy_begun', 'copy_completed', 'vocabulary_extended']);

/** The first event of a log. */
export const identityOf = (id: string): EventToAppend => ({
  id,
  type: 'log_created',
  version: 1,
  recordedAt: NOON,
  data: { storeId: id, secretFingerprint: 'f' },
});

/** Appends so many events to streams taken at random, one of which gets every fifth of them. */
export async function grow(store: EventStore, random: SeededRandom, events: number): Promise<void> {
  const revisions = new Map<string, number>();
  for (const { stream, revision } of await readEverything(store)) revisions.set(stream, revision);
  const before = await store.head();
  let appends: StreamAppend[] = [];
  for (let n = before; n < before + events; n += 1) {
    const stream = random.chance(0.2) ? 'p-long' : `p-s-${String(random.whole(0, 400))}`;
    const expectedRevision = revisions.get(stream) ?? NO_STREAM;
    revisions.set(stream, expectedRevision + 1);
    const data = { n, text: random.pick(['ä\u2028', '"', 'plain']), of: { stream, list: [n] } };
    const event = { id: `e-${String(n)}`, type: 'heartbeat', version: 1 + (n % 2), data };
    appends.push({
      stream,
      expectedRevision,
      events: [{ ...event, recordedAt: NOON + random.whole(0, 1e6) }],
    });
    if (appends.length === 500 || n === before + events - 1) {
      const kinds = (await store.append(appends)).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['appended']));
      appends = [];
    }
  }
}

/** Has a node of a newer release say what it may write. */
export async function extend(store: EventStore, version: number): Promise<void> {
  const { length } = await store.readStream(IDENTITY);
  const data = { vocabulary: { ad_break: version } };
  const event = {
    id: randomUUID(),
    type: 'vocabulary_extended',
    version: 1,
    recordedAt: NOON,
    data,
  };
  await store.append([{ stream: IDENTITY, expectedRevision: length - 1, events: [event] }]);
}

/** What a log says of itself, by the types of the events. */
export const saidIn = async (store: EventStore): Promise<readonly string[]> =>
  (await store.readStream(IDENTITY)).map(({ type }) => type);

/** A log with an identity and events of about four hundred streams. */
export async function fill(store: EventStore, random: SeededRandom, events: number): Promise<void> {
  await store.append([
    { stream: IDENTITY, expectedRevision: NO_STREAM, events: [identityOf('log')] },
  ]);
  await grow(store, random, events);
}

/** The events of each stream without their positions, which are the log's own, and its marks. */
export async function streamsOf(
  store: EventStore,
): Promise<ReadonlyMap<string, readonly Omit<StoredEvent, 'position'>[]>> {
  const streams = new Map<string, Omit<StoredEvent, 'position'>[]>();
  for (const { position, ...event } of await readEverything(store)) {
    if (!(position > 0)) throw new Error(`an event at position ${String(position)}`);
    if (MARKS.has(event.type)) continue;
    const known = streams.get(event.stream);
    if (known === undefined) streams.set(event.stream, [event]);
    else known.push(event);
  }
  return new Map([...streams].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export class Killed extends Error {}

/** Does something else than an append, or the append itself. */
export type Fault = (
  appends: readonly StreamAppend[],
  store: EventStore,
) => Promise<readonly AppendOutcome[]>;

/** A store whose appends go wrong. */
export class FaultyStore extends LogView implements EventStore {
  calls = 0;

  constructor(
    private readonly store: EventStore,
    private readonly fault: Fault,
  ) {
    super(store);
  }

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    this.calls += 1;
    return this.fault(appends, this.store);
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  readEnd(limit: number): Promise<LogPage> {
    return this.store.readEnd(limit);
  }
}

/** Loses some appends and the outcomes of others, by chance. */
export const losing =
  (random: SeededRandom, probability: number): Fault =>
  (appends, store) =>
    Promise.all(
      appends.map(async (append) => {
        const isLost = random.chance(probability);
        const unknown: AppendOutcome = { kind: 'unknown', cause: 'a test' };
        if (isLost && random.chance(0.5)) return unknown;
        const [outcome] = await store.append([append]);
        return isLost ? unknown : (outcome ?? unknown);
      }),
    );

/** Ends the process in the n-th append, when some of its streams are written. */
export function killing(random: SeededRandom, n: number): Fault {
  let calls = 0;
  return async (appends, store) => {
    calls += 1;
    if (calls < n) return store.append(appends);
    await store.append(appends.filter(() => random.chance(0.5)));
    throw new Killed();
  };
}
