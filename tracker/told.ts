import type { Details } from './event.js';

/** What is heard of an element; `Followed` has a method by the name of each. */
export const HEARD = (
  'play playing loadstart canplaythrough waiting seeking seeked pause ended ' +
  'emptied timeupdate ratechange resize error'
).split(' ');
/** What tells that an element is used. */
export const OF_USE = HEARD.slice(0, 3);

/** What only the player knows; all of it may be left out. */
export interface Player {
  /** Bytes that came in since it was last asked. */
  takeBytes?: () => number;
  /** Says why the player gave up, if it did: what is loaded is still shown. */
  failure?: () => string | undefined;
  /** Says whether the player reports to the same server by itself, and is counted by that. */
  reports?: () => boolean;
  /** Says whether the title is live, as soon as that is known. */
  isLive?: () => boolean | undefined;
  /** Says whether what empties the element is the player's way to play on after an error. */
  isMending?: () => boolean;
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
  /** When somebody wanted to play; undefined where nobody did, or does no more. */
  askedAt?: number | undefined;
  /** Whether the teller knows of it. */
  isTold?: boolean | undefined;
  isStarted?: boolean;
  isEnded?: true | undefined;
  /** When what stands still began to. */
  pausedAt?: number | undefined;
  stalledAt?: number | undefined;
  soughtAt?: number | undefined;
  isStallTold?: boolean | undefined;
  /** What the player gave up on. */
  failure?: string;
  quality?: string | undefined;
}

/** Says whether anything is left to be told of a view. */
export const isOpen = ({ askedAt, isTold, isEnded }: View): unknown =>
  !isEnded && (askedAt ?? isTold);
