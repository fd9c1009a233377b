import type {
  AppendOutcome,
  EventStore,
  LogPage,
  StoredEvent,
  StreamAppend,
} from '../../src/ports/event-store.js';
import { LogView } from './event-logs.js';

/** An event store seen through another one, for tests to watch and interfere. */
export class StoreView extends LogView implements EventStore {
  /** Every append that was sent, in order. */
  readonly appends: StreamAppend[] = [];
  /** The streams that were read, in order. */
  readonly reads: string[] = [];

  constructor(protected readonly store: EventStore) {
    super(store);
  }

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    this.appends.push(...appends);
    return this.store.append(appends);
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  readEnd(limit: number): Promise<LogPage> {
    return this.store.readEnd(limit);
  }

  override readStream(stream: string): Promise<readonly StoredEvent[]> {
    this.reads.push(stream);
    return super.readStream(stream);
  }
}

/** What becomes of an append: as it should be, or its reply is lost, or it never arrives. */
export type Fate = 'fine' | 'reply lost' | 'request lost';

const UNKNOWN: AppendOutcome = { kind: 'unknown', cause: new Error('the connection broke') };

/** Gives each append its fate, one after the other; all is fine once there are no more. */
export class LossyStore extends StoreView {
  /** Runs after an append whose outcome is lost, before it is sent again. */
  meanwhile: () => Promise<void> = () => Promise.resolve();

  constructor(
    store: EventStore,
    private readonly fates: Fate[],
  ) {
    super(store);
  }

  override async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const fate = this.fates.shift() ?? 'fine';
    if (fate === 'fine') return super.append(appends);
    if (fate === 'reply lost') await super.append(appends);
    else this.appends.push(...appends);
    await this.meanwhile();
    return appends.map(() => UNKNOWN);
  }
}
