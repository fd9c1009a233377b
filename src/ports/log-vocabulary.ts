import { PlayheadError } from '../domain/errors.js';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { Vocabulary } from '../domain/event.js';
import type { EventLog, StoredEvent } from './event-store.js';

/** When to come again for what only a newer node can read: another one may answer then. */
const RETRY_AFTER_SECONDS = 5;

/**
 * What a log says of the events that it may hold. A release that writes new types, or new schema
 * versions, says so in the log before the first one: an event that a node cannot read and that was
 * announced is a newer node's, and no fault.
 */
export class LogVocabulary {
  private announced: Vocabulary = {};

  constructor(
    private readonly log: EventLog,
    /** The stream that holds the log's identity, and all that is announced. */
    private readonly metaStream: string,
  ) {}

  /** Whether an event that could not be decoded is a newer node's, as the log says by now. */
  async isNewer(failure: UndecodableEvent, type: string, version: number): Promise<boolean> {
    if (!failure.isUnknown) return false;
    if (!this.isKnown(type, version)) {
      this.announced = announcedIn(await this.log.readStream(this.metaStream));
    }
    return this.isKnown(type, version);
  }

  private isKnown(type: string, version: number): boolean {
    return Object.hasOwn(this.announced, type) && version <= (this.announced[type] ?? 0);
  }
}

/** What the stream of a log's identity announces; what it holds besides is passed over. */
export function announcedIn(events: readonly StoredEvent[]): Vocabulary {
  // What is announced may be called like anything that every object has.
  const announced = Object.create(null) as Record<string, number>;
  for (const event of events) {
    for (const [type, greatest] of Object.entries(vocabularyOf(event))) {
      announced[type] = Math.max(announced[type] ?? 0, greatest);
    }
  }
  return announced;
}

/** Whether the stream of a log's identity says that the log is a copy which is not whole. */
export function isHalfCopied(events: readonly StoredEvent[]): boolean {
  const mark = events.findLast(({ type }) => type === 'copy_begun' || type === 'copy_completed');
  return mark?.type === 'copy_begun';
}

function vocabularyOf(stored: StoredEvent): Vocabulary {
  try {
    const event = decodeEvent(stored);
    if (event.type === 'vocabulary_extended') return event.data.vocabulary;
    return (event.type === 'log_created' ? event.data.vocabulary : undefined) ?? {};
  } catch (error) {
    if (error instanceof UndecodableEvent) return {};
    throw error;
  }
}

/** What is asked of this node rests on an event that only a newer release can read. */
export const writtenByNewer = (): PlayheadError =>
  new PlayheadError('STORE_UNAVAILABLE', 'a newer node wrote this, and this one cannot read it', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
