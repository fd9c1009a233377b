/** An event as `POST /events` takes it; seconds, ISO times. */
export interface TrackedEvent {
  readonly mediaId: string;
  readonly sessionId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredAt: string;
  readonly userId?: string | undefined;
  readonly endReason?: string | undefined;
  readonly quality?: string | undefined;
  readonly duration?: number | undefined;
  readonly bytesLoaded?: number | undefined;
  readonly playedFrom?: number | undefined;
  readonly playedTo?: number | undefined;
  readonly mediaDuration?: number | undefined;
  readonly startupTime?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly context?: Readonly<Record<string, string | boolean | undefined>> | undefined;
}

/** What happened, without what is the same for all events of a session. */
export type Details = Partial<TrackedEvent>;

/** The longest stretch of time that the server takes: a day. */
const SECONDS_MAX = 86_400;

/** Milliseconds as seconds. */
export const seconds = (ms: number): number => Math.min(SECONDS_MAX, Math.round(ms) / 1_000);
