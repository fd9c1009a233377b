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

/** Milliseconds as seconds. */
export const seconds = (ms: number): number => Math.max(0, Math.round(ms)) / 1_000;

const told = new Set<string>();

/** Tells whoever looks into the console, once a page for each text. */
export function say(text: string): void {
  if (told.has(text)) return;
  told.add(text);
  console.warn(`Playhead: ${text}`);
}
