import { decodeEvent, schemaVersionOf } from '../domain/event-codec.js';
import type { LogCreated } from '../domain/event.js';
import type { Clock } from '../ports/clock.js';
import { NO_STREAM, type EventLog, type EventStore } from '../ports/event-store.js';
import type { Identity } from '../ports/identity.js';

/** The viewer secret is not the log's, or none that will do; the message says what to do. */
export class WrongViewerSecret extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongViewerSecret';
  }
}

export const notItsSetting = (): WrongViewerSecret =>
  new WrongViewerSecret(
    'VIEWER_SECRET is not the one that this log was written with, and every viewer would count ' +
      'twice: set that one',
  );

export interface LogIdentityOptions {
  readonly store: EventStore;
  /** The stream that holds it. */
  readonly stream: string;
  readonly identity: Identity;
  readonly clock: Clock;
}

/** Whose log it is, and where its first event lies. */
export interface KnownLog {
  readonly storeId: string;
  /** Of the viewer secret that it was begun with. */
  readonly secretFingerprint: string;
  readonly position: number;
}

/**
 * The id of a log and of its positions; an empty log is given one here. WrongViewerSecret if it is
 * not ours. A log that was copied to another store keeps its storeId but not its positions: where
 * its first event lies tells the two apart.
 */
export async function identifyLog(options: LogIdentityOptions): Promise<string> {
  const { store, stream, identity, clock } = options;
  const known = await knownLog(store, stream);
  if (known !== undefined) {
    // Another node may have begun it a moment ago.
    if (known.secretFingerprint !== identity.secretFingerprint()) throw notItsSetting();
    return identity.uuidV5(`${known.storeId}@${String(known.position)}`);
  }
  const data = { storeId: identity.uuidV4(), secretFingerprint: identity.secretFingerprint() };
  const type = 'log_created';
  const event = { id: identity.uuidV4(), type, version: schemaVersionOf(type), data };
  const events = [{ ...event, recordedAt: clock.now() }];
  const [outcome] = await store.append([{ stream, expectedRevision: NO_STREAM, events }]);
  if (outcome?.kind === 'unknown') {
    const { cause } = outcome;
    throw new Error('the event store did not take its identity', { cause });
  }
  // Another node may have been first: what is stored counts.
  return identifyLog(options);
}

/** What the log of a store says of itself; undefined if it does not say anything yet. */
export async function knownLog(log: EventLog, stream: string): Promise<KnownLog | undefined> {
  const [first] = await log.readStream(stream);
  if (first === undefined) return undefined;
  const { data } = decodeEvent(first.type, first.version, first.data) as LogCreated;
  return { ...data, position: first.position };
}
