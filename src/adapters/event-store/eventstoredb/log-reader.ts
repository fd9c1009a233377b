import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BACKWARDS,
  END,
  NotLeaderError,
  START,
  StreamNotFoundError,
  type EventStoreDBClient,
  type Position,
  type ReadAllOptions,
} from '@eventstore/db-client';
import { LOG_START, type LogPage, type StoredEvent } from '../../../ports/event-store.js';
import { consumeRead } from './consume-read.js';
import { isOurs, toSafe, toStoredEvent } from './stored-event.js';

/** Reads the store; its errors are the client's. */
export class EventStoreDbReader {
  constructor(private readonly options: LogReaderOptions) {}

  /** Returns a stream's events from a revision on; none if there is no such stream. */
  readStream(
    stream: string,
    fromRevision = 0,
    maxCount = Number.MAX_SAFE_INTEGER,
  ): Promise<StoredEvent[]> {
    const { client, silenceMsMax } = this.options;
    const from = { fromRevision: BigInt(fromRevision), maxCount, ...FROM_LEADER };
    return this.atLeader(async () => {
      const events: StoredEvent[] = [];
      try {
        await consumeRead(client.readStream(stream, from), { silenceMsMax }, ({ event }) => {
          if (event !== undefined) events.push(toStoredEvent(event));
        });
      } catch (error) {
        if (error instanceof StreamNotFoundError) return [];
        throw error;
      }
      return events;
    });
  }

  /** Returns a stream's last event; undefined if there is no such stream. */
  readLast(stream: string): Promise<StoredEvent | undefined> {
    const { client, silenceMsMax } = this.options;
    const from = { fromRevision: END, direction: BACKWARDS, maxCount: 1, ...FROM_LEADER } as const;
    return this.atLeader(async () => {
      let last: StoredEvent | undefined;
      try {
        await consumeRead(client.readStream(stream, from), { silenceMsMax }, ({ event }) => {
          if (event !== undefined) last = toStoredEvent(event);
        });
      } catch (error) {
        if (!(error instanceof StreamNotFoundError)) throw error;
      }
      return last;
    });
  }

  /** Looks at `limit` events of the store after a position, and returns those that are ours. */
  readAll(after: number, limit: number, signal?: AbortSignal): Promise<LogPage> {
    const { client, prefix, silenceMsMax } = this.options;
    const from: ReadAllOptions = {
      fromPosition: after === LOG_START ? START : placeOf(after),
      // A read begins with the event at its position, if that still exists.
      maxCount: limit + 1,
      ...FROM_LEADER,
    };
    return this.atLeader(async () => {
      const events: StoredEvent[] = [];
      let scanned = after;
      let looked = 0;
      const limits = { silenceMsMax, signal };
      await consumeRead(client.readAll(from), limits, ({ event, commitPosition }) => {
        if (event === undefined || commitPosition === undefined) return;
        const at = toSafe(commitPosition);
        if (at === after || looked === limit) return;
        scanned = at;
        looked += 1;
        if (isOurs(event, prefix)) events.push(toStoredEvent(event));
      });
      return { events, scanned, isEnd: looked < limit };
    });
  }

  /** Returns the event at a position, if it is ours. A read can begin only where an event is. */
  readAt(position: number): Promise<StoredEvent | undefined> {
    const { client, prefix, silenceMsMax } = this.options;
    const from: ReadAllOptions = { fromPosition: placeOf(position), maxCount: 1, ...FROM_LEADER };
    return this.atLeader(async () => {
      let found: StoredEvent | undefined;
      await consumeRead(client.readAll(from), { silenceMsMax }, ({ event, commitPosition }) => {
        if (event === undefined || commitPosition === undefined) return;
        const isThere = toSafe(commitPosition) === position && isOurs(event, prefix);
        if (isThere) found = toStoredEvent(event);
      });
      return found;
    });
  }

  /** Looks at the last `limit` events of the store, and returns those that are ours. */
  readEnd(limit: number): Promise<LogPage> {
    const { client, prefix, silenceMsMax } = this.options;
    const from = { fromPosition: END, direction: BACKWARDS, maxCount: limit } as const;
    return this.atLeader(async () => {
      const events: StoredEvent[] = [];
      let head = LOG_START;
      const read = client.readAll({ ...from, ...FROM_LEADER });
      await consumeRead(read, { silenceMsMax }, ({ event, commitPosition }) => {
        head = Math.max(head, toSafe(commitPosition ?? BigInt(LOG_START)));
        if (event !== undefined && isOurs(event, prefix)) events.push(toStoredEvent(event));
      });
      return { events: events.reverse(), scanned: head, isEnd: true };
    });
  }

  /** Returns the position of the store's last event, ours or not; LOG_START if there is none. */
  async head(): Promise<number> {
    return (await this.readEnd(1)).scanned;
  }

  /** Reads again if a node was not the leader: the client then turns to the leader it named. */
  private async atLeader<Result>(read: () => Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof NotLeaderError)) throw error;
      await nextTurn();
      return read();
    }
  }
}

/** The leader already has what was just appended. */
const FROM_LEADER = { requiresLeader: true } as const;

export interface LogReaderOptions {
  readonly client: EventStoreDBClient;
  readonly prefix: string;
  readonly silenceMsMax: number;
}

const placeOf = (position: number): Position => ({
  commit: BigInt(position),
  prepare: BigInt(position),
});
