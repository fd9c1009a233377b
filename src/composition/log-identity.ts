import { decodeEvent, schemaVersionOf } from '../domain/event-codec.js';
import type { LogCreated } from '../domain/event.js';
import type { Clock } from '../ports/clock.js';
import { NO_STREAM, type EventLog, type EventStore } from '../ports/event-store.js';
import type { Identity } from '../ports/identity.js';

/** The log was written with another viewer secret: every viewer would be counted a second time. */
class WrongViewerSecret extends Error {
  constructor() {
    super(
      'VIEWER_SECRET is not the one that this log was written with: every viewer would count twice',
    );
    this.name = 'WrongViewerSecret';
  }
}

export interface LogIdentityOptions {
  readonly store: EventStore;
  /** The stream that holds it. */
  readonly stream: string;
  readonly identity: Identity;
  readonly clock: Clock;
}

/** Whose log it is, and where its first event lies. */
interface KnownLog {
  readonly storeId: string;
  readonly position: number;
}

/**
 * The id of a log and of its positions; an empty log is given one here. WrongViewerSecret if it is
 * not ours. A log that was copied to another store keeps its storeId but not its positions: where
 * its first event lies tells the two apart.
 */
export async function identifyLog(options: LogIdentityOptions): Promise<string> {
  const { store, stream, identity, clock } = options;
  const known = await knownLog(store, stream, identity);
  if (known !== undefined) {
    return identity.uuidV5(`${known.storeId}@${String(known.position)}`);
  }
  const data = { storeId: identity.uuidV4(), secretFingerprint: identity.secretFingerprint() };
  const type = 'log_created';
  const event = { id: identity.uuidV4(), type, version: schemaVersionOf(type), data };
  const events = [{ ...event, recordedAt: clock.now() }];
  const [outcome] = await store.append([{ stream, expectedRevision: NO_STREAM, events }]);
  if (outcome?.kind === 'unknown') throw new Error('the event store did not take its identity');
  // Another node may have been first: what is stored counts.
  return identifyLog(options);
}

/** The log that a store holds, if it holds one; WrongViewerSecret if it is not ours. */
export async function knownLog(
  log: EventLog,
  stream: string,
  identity: Identity,
): Promise<KnownLog | undefined> {
  const [first] = await log.readStream(stream);
  if (first === undefined) return undefined;
  const { data } = decodeEvent(first.type, first.version, first.data) as LogCreated;
  if (data.secretFingerprint !== identity.secretFingerprint()) throw new WrongViewerSecret();
  return { storeId: data.storeId, position: first.position };
}
