import { seconds, type Details } from './event.js';

/** Standing still for less is no stall, and a seek of less is no seek: it is watched time. */
export const STILL_MS_MIN = 250;
/** What jumps from no further before the end to the beginning is a loop. */
const LOOP_MS = 1_000;

/**
 * What of a title was shown: the time that its position moved on by, and the stretch that it moved
 * over since that was last told.
 */
export class Shown {
  /** Where the element was seen last, seconds into the title. */
  position = 0;
  /** Watched and not told of yet. */
  watchedMs = 0;
  readonly #media: HTMLMediaElement;
  #seenAt = 0;
  #from = 0;
  #rate = 1;

  constructor(media: HTMLMediaElement) {
    this.#media = media;
  }

  /** Looks at the position; what moved since the last look was watched if the element played. */
  look(isMoving: boolean): number {
    const now = performance.now();
    const { currentTime, seeking, readyState } = this.#media;
    // It has jumped away, or is empty, and the event of that is still to come.
    if (seeking || !readyState) {
      this.leave(isMoving);
      return now;
    }
    if (isMoving) {
      const goneMs = now - this.#seenAt;
      const shownMs = ((currentTime - this.position) * 1_000) / this.#rate;
      // What was shown: no stall, no frozen page, no machine that slept. No more than time allows.
      this.watchedMs += shownMs > goneMs + STILL_MS_MIN ? goneMs : Math.max(0, shownMs);
    }
    return this.#see(now, currentTime);
  }

  /** Takes the position as it is: what lies before was not shown. */
  jump(): number {
    this.#from = this.#media.currentTime;
    return this.#see(performance.now(), this.#from);
  }

  /**
   * Counts what was watched up to now, though the position has jumped away; says whether it came to
   * the end, if that is where it may have jumped from.
   */
  leave(isMoving: boolean, end = NaN): boolean {
    const now = performance.now();
    const goneMs = isMoving ? now - this.#seenAt : 0;
    const leftMs = ((end - this.position) * 1_000) / this.#rate;
    const hasEnded = leftMs < goneMs + LOOP_MS;
    const shownMs = Math.min(hasEnded ? leftMs : STILL_MS_MIN, goneMs);
    this.watchedMs += shownMs;
    this.#see(now, hasEnded ? end : this.position + (shownMs / 1_000) * this.#rate);
    return hasEnded;
  }

  /** Takes what an element has shown before anybody looked. */
  add(played: TimeRanges): void {
    for (let i = 0; i < played.length; i += 1) {
      this.#from = played.start(i);
      this.watchedMs += (played.end(i) - this.#from) * 1_000;
    }
  }

  /** Says what was watched since this was last said. */
  take(): Details {
    const from = this.#from;
    const duration = seconds(this.watchedMs);
    this.watchedMs = 0;
    this.#from = this.position;
    return duration && this.position > from
      ? { duration, playedFrom: from, playedTo: this.position }
      : { duration };
  }

  #see(now: number, position: number): number {
    this.#seenAt = now;
    this.position = position;
    this.#rate = this.#media.playbackRate || 1;
    return now;
  }
}
