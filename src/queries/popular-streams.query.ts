import { Query } from '@nestjs/cqrs';
import type { Page } from './page.js';
import type { TimePeriod } from '../domain/period.js';
import type { StreamQuality } from '../domain/quality.js';

/** A media item and its popularity. */
export interface Stream {
  readonly id: string;
  readonly mediaId: string;
  readonly title: string;
  readonly thumbnail: string | undefined;
  /** Seconds. */
  readonly duration: number | undefined;
  readonly viewCount: number;
  readonly quality: StreamQuality;
  readonly popularity: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface StreamConnection extends Page<Stream> {
  /** The number of streams on all pages. */
  readonly totalCount: number;
}

/** Asks for the media items with a view in a period, the most popular first. */
export class PopularStreamsQuery extends Query<StreamConnection> {
  constructor(
    readonly first: number,
    readonly after: string | undefined,
    readonly period: TimePeriod,
    readonly readAfter?: number,
  ) {
    super();
  }
}

/** Asks for one media item with its views in a period; undefined if nothing is known of it. */
export class StreamQuery extends Query<Stream | undefined> {
  constructor(
    readonly mediaId: string,
    readonly period: TimePeriod,
    readonly readAfter?: number,
  ) {
    super();
  }
}

/** A media item as it was registered. */
export interface Registration {
  readonly mediaId: string;
  readonly description: {
    readonly title: string;
    readonly thumbnail?: string;
    readonly durationMs?: number;
  };
  /** The time of the first registration, epoch milliseconds. */
  readonly registeredAt: number;
}

/**
 * Asks for a media item just registered, with its views of a WEEK, as soon as it can be read. If
 * that takes too long, the answer is the stored registration with the views that the read model
 * has.
 */
export class RegisteredStreamQuery extends Query<Stream> {
  constructor(
    readonly registration: Registration,
    /** The position of its registration. */
    readonly readAfter: number,
  ) {
    super();
  }
}
