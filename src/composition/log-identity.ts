import { uuidV5 } from '../adapters/system/crypto-identity.js';
import { decodeEvent, schemaVersionOf, VOCABULARY } from '../domain/event-codec.js';
import { PlayheadError } from '../domain/errors.js';
import type { LogCreated, Vocabulary, VocabularyExtended } from '../domain/event.js';
import type { Clock } from '../ports/clock.js';
import { NO_STREAM, type EventLog, type EventStore, type LogIds } from '../ports/event-store.js';
import type { Identity } from '../ports/identity.js';
import type { Landmark } from '../ports/log-past.js';
import { announcedIn, isHalfCopied } from '../ports/log-vocabulary.js';
import { WrongViewerSecret } from './wrong-settings.js';

/** The log lacks something that it needs; the message says what to do. */
export class LogUnfit extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LogUnfit';
  }
}

export const identityDamaged = (): LogUnfit =>
  new LogUnfit('the event that says whose log it is cannot be read: restore a backup');

const halfCopied = (): LogUnfit =>
  new LogUnfit('the log is half a copy, as migrate was cut off: run migrate again, then start');

export const identityMissing = (stream: string): LogUnfit =>
  new LogUnfit(
    `there are events, but not the one that says whose log it is (stream ${stream}), so that the ` +
      'right VIEWER_SECRET cannot be told from another: restore a backup that holds it. To begin ' +
      'anew, choose another EVENTSTORE_PREFIX',
  );

export const notItsSetting = (): WrongViewerSecret =>
  new WrongViewerSecret(
    'VIEWER_SECRET is not the one that this log was written with, and every viewer would count ' +
      'twice: set that one',
  );

export interface LogIdentityOptions {
  readonly store: EventStore;
  /** The stream that holds the log's identity. */
  readonly stream: string;
  readonly identity: Identity;
  readonly clock: Clock;
}

/** The identity of a log, the place of its first event, and the vocabulary that it announces. */
export interface KnownLog extends LogIds {
  /** The fingerprint of the viewer secret that the log was begun with. */
  readonly secretFingerprint: string;
  /** The position of the log's first event. */
  readonly position: number;
  readonly id: string;
  readonly vocabulary: Vocabulary;
  /** The revision of the last event of the identity's stream. */
  readonly revision: number;
}

/** A log with an identity that announces all that this code may write. */
export interface IdentifiedLog extends LogIds {
  /** The event that says whose log it is. */
  readonly first: Landmark;
}

/** The greatest number of conflicts between nodes that announce something at the same time. */
const CONFLICTS_MAX = 100;

/**
 * Returns the ids of a log. It gives an identity to an empty log, and announces what this code may
 * write and the log does not announce yet. Throws WrongViewerSecret if the log is not ours.
 */
export async function identifyLog(options: LogIdentityOptions): Promise<IdentifiedLog> {
  const { store, stream, identity } = options;
  for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
    const known = await knownLog(store, stream);
    if (known !== undefined && known.secretFingerprint !== identity.secretFingerprint()) {
      // Another node may have begun the log a moment ago.
      throw notItsSetting();
    }
    const missing = missingIn(known?.vocabulary ?? {});
    if (known === undefined) {
      const ids = { storeId: identity.uuidV4(), secretFingerprint: identity.secretFingerprint() };
      await write(options, NO_STREAM, {
        type: 'log_created',
        data: { ...ids, vocabulary: missing },
      });
    } else if (Object.keys(missing).length > 0) {
      const data = { vocabulary: missing };
      await write(options, known.revision, { type: 'vocabulary_extended', data });
    } else {
      const { logId, storeId, position, id } = known;
      return { logId, storeId, first: { position, id } };
    }
  }
  throw new Error('the event store does not keep what a node says of itself');
}

/** Appends an event. Another node may be first: the caller then reads what that node stored. */
async function write(
  { store, stream, identity, clock }: LogIdentityOptions,
  expectedRevision: number,
  { type, data }: LogCreated | VocabularyExtended,
): Promise<void> {
  const event = { id: identity.uuidV4(), type, version: schemaVersionOf(type), data };
  const events = [{ ...event, recordedAt: clock.now() }];
  const [outcome] = await store.append([{ stream, expectedRevision, events }]);
  if (outcome?.kind === 'unknown') {
    const { cause } = outcome;
    const failure = new PlayheadError('STORE_UNAVAILABLE', 'the event store took no identity');
    throw Object.assign(failure, { cause });
  }
}

/**
 * Reads the identity of a store's log; undefined if it has none yet. Throws LogUnfit if the log is
 * half a copy, or its first event is missing or damaged.
 */
export async function knownLog(
  log: Pick<EventLog, 'readStream'>,
  stream: string,
): Promise<KnownLog | undefined> {
  const events = await log.readStream(stream);
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (first.damage !== undefined) throw identityDamaged();
  if (first.revision > 0 || first.type !== 'log_created') throw identityMissing(stream);
  if (isHalfCopied(events)) throw halfCopied();
  const { data } = decodeEvent(first) as LogCreated;
  const { storeId: logId, secretFingerprint } = data;
  const { position, id } = first;
  // A log that was copied to another store has other positions there.
  const storeId = uuidV5(`${logId}@${String(position)}`);
  const vocabulary = announcedIn(events);
  const { revision } = last;
  return { logId, storeId, secretFingerprint, position, id, vocabulary, revision };
}

/** Returns the versions of events that this code may write and a log does not announce yet. */
const missingIn = (announced: Vocabulary): Vocabulary =>
  Object.fromEntries(
    Object.entries(VOCABULARY).filter(([type, version]) => !(version <= (announced[type] ?? 0))),
  );
