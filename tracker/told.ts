import type { Details } from './event.js';

/** What only the player knows; all of it may be left out. */
export interface Player {
  /** Bytes that came in since it was last asked. */
  takeBytes?: () => number;
  /** Says whether the player gave up: what is loaded is still shown. */
  failure?: () => string | undefined;
}

/** Takes the events of one session after another. */
export interface Teller {
  /** Begins a session. */
  begin(): void;
  /** Takes an event that happened so long ago. */
  tell(eventType: string, details: Details, agoMs: number): void;
}

/** A session as far as the element tells; times are those of `performance.now()`. */
export interface View {
  readonly askedAt: number | undefined;
  isStarted: boolean;
  isEnded: boolean;
  /** When what stands still began to. */
  pausedAt?: number | undefined;
  stalledAt?: number | undefined;
  soughtAt?: number | undefined;
  isStallTold?: boolean;
  /** What the player gave up on. */
  failure?: string;
  quality?: string | undefined;
}
