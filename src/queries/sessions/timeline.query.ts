import { Query } from '@nestjs/cqrs';
import { seconds } from '../../domain/units.js';
import type { SessionLogEntry } from '../../ports/session-log.js';
import type { AskingTerms } from '../figures/figures.query.js';
import type { Page } from '../page.js';

/** An event of a session. Times are epoch milliseconds, durations seconds. */
export interface TimelineEntry extends Pick<SessionLogEntry, 'recordedAt' | 'type' | 'quality'> {
  readonly at: number;
  readonly duration: number | null;
  readonly bytes: number | null;
  readonly detail: string | null;
}

/** Makes the API's form of an event. */
export function toTimelineEntry(entry: SessionLogEntry): TimelineEntry {
  const { occurredAt, recordedAt, type, quality, durationMs, bytes, detail } = entry;
  return {
    at: occurredAt,
    recordedAt,
    type,
    quality,
    duration: durationMs === undefined ? null : seconds(durationMs),
    bytes: bytes ?? null,
    detail: detail ?? null,
  };
}

export interface TimelineConnection extends Page<TimelineEntry> {
  readonly totalCount: number;
}

/** Asks for a session's events, in the order in which they were stored. */
export class TimelineQuery extends Query<TimelineConnection> {
  constructor(
    /** The session's id, as the API shows it. */
    readonly id: string,
    readonly first: number,
    readonly after: string | undefined,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}
