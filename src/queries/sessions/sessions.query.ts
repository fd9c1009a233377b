import { Query } from '@nestjs/cqrs';
import type { SessionState } from '../../domain/figures/playback-state.js';
import type { ListOrder } from '../../domain/figures/session-order.js';
import type { StreamQuality } from '../../domain/quality.js';
import type { SessionContext } from '../../domain/session-context.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import type { AskingTerms, WantedRange } from '../figures/figures.query.js';
import type { Page } from '../page.js';
import type { Stream } from '../popular-streams.query.js';

export { SESSION_ORDERS, type SessionOrder } from '../../domain/figures/session-order.js';

/** One session. Times are epoch milliseconds, durations seconds. */
export interface Session {
  /** Opaque; the same in every answer. */
  readonly id: string;
  /** Undefined unless it was asked for. */
  readonly media: Stream | undefined;
  /** The keyed hash of the user's id. */
  readonly viewer: string | null;
  readonly sessionId: string | null;
  readonly state: SessionState;
  readonly startedAt: number;
  /** The event time of its last stored event. */
  readonly lastAt: number;
  readonly watchTime: number | null;
  readonly startupTime: number | null;
  /** Null without a view. */
  readonly completed: boolean | null;
  readonly stalls: number | null;
  readonly stalledTime: number | null;
  readonly bytes: number;
  readonly quality: StreamQuality;
  readonly errorCode: string | null;
  readonly context: SessionContext;
}

/** The sessions that are wanted, and the page of them. */
export interface WantedSessions {
  readonly range: WantedRange;
  /** The filters that a session must all meet. */
  readonly filters: readonly SliceFilter[];
  readonly userId: string | undefined;
  /** In NFC, as it is stored. */
  readonly sessionId: string | undefined;
  /** True keeps only failed sessions, false only the others. */
  readonly failed: boolean | undefined;
  readonly minRebufferRatio: number | undefined;
  readonly orderBy: ListOrder;
  readonly first: number;
  /** The cursor of the session that the page before ended with. */
  readonly after: string | undefined;
}

export type SessionConnection = Page<Session>;

/** The data to read for sessions beside their rows. */
export interface SessionParts {
  readonly media: boolean;
}

/** Asks for the sessions that started in a range, one by one. */
export class SessionsQuery extends Query<SessionConnection> {
  constructor(
    readonly wanted: WantedSessions,
    readonly parts: SessionParts,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}

/** Asks for one session by its id; undefined if there is none. */
export class SessionQuery extends Query<Session | undefined> {
  constructor(
    readonly id: string,
    readonly parts: SessionParts,
    readonly readAfter: number | undefined,
  ) {
    super();
  }
}
