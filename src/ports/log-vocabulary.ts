import { PlayheadError } from '../domain/errors.js';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { Vocabulary } from '../domain/event.js';
import type { EventLog, StoredEvent } from './event-store.js';

/**
 * The event types that a log says it may hold. A release that writes new types, or new schema
 * versions, announces them in the log before the first one. So an announced event that a node
 * cannot read is a newer node's, and no fault.
 */
export class LogVocabulary {
  private announced: Vocabulary = {};

  constructor(
    private readonly log: EventLog,
    /** The stream that holds the log's identity and all announcements. */
    private readonly metaStream: string,
  ) {}

  /** Says whether an event that could not be decoded is a newer node's, as the log says by now. */
  async isNewer(failure: UndecodableEvent, type: string, version: number): Promise<boolean> {
    if (!failure.isUnknown) return false;
    if (!this.isKnown(type, version)) {
      this.announced = announcedIn(await this.log.readStream(this.metaStream));
    }
    return this.isKnown(type, version);
  }

  /**
   * Throws STORE_UNAVAILABLE if an event that could not be decoded is a newer node's: a decision
   * that rests on it is that node's.
   */
  async assertOurs(failure: UndecodableEvent, { type, version }: StoredEvent): Promise<void> {
    if (!(await this.isNewer(failure, type, version))) return;
    const message = 'a newer node wrote this, and this one cannot read it';
    throw new PlayheadError('STORE_UNAVAILABLE', message, {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  private isKnown(type: string, version: number): boolean {
    return Object.hasOwn(this.announced, type) && version <= (this.announced[type] ?? 0);
  }
}

/** The client's wait before it asks again for a newer node's event: another node may answer. */
const RETRY_AFTER_SECONDS = 5;

/** Collects what the stream of a log's identity announces; passes over its other events. */
export function announcedIn(events: readonly StoredEvent[]): Vocabulary {
  // An announced type may have the name of a property that every object has.
  const announced = Object.create(null) as Record<string, number>;
  for (const event of events) {
    for (const [type, greatest] of Object.entries(vocabularyOf(event))) {
      announced[type] = Math.max(announced[type] ?? 0, greatest);
    }
  }
  return announced;
}

/** Says whether the stream of a log's identity marks the log as an incomplete copy. */
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
