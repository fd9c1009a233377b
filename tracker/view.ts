import { seconds, type Details } from './event.js';
import { qualityOf, Shown, STILL_MS_MIN } from './shown.js';
import type { Player, Teller, View } from './told.js';

const HEARTBEAT_MS = 10_000;
/** The end of a loop and its beginning are no further from each other. */
const LOOP_SECONDS = 1;
/** The element has what comes next, too: it can play. */
const HAVE_FUTURE_DATA = 3;

/**
 * Follows what a media element shows, from session to session. Watched is the time that goes by
 * while the position moves: neither a stall nor a seek, a frozen page nor a machine that sleeps.
 */
export class Followed {
  readonly #media: HTMLMediaElement;
  readonly #teller: Teller;
  readonly #player: Player;
  #view: View | undefined;
  readonly #shown: Shown;
  #source = '';
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #timer = setInterval(() => {
    this.heartbeat();
  }, HEARTBEAT_MS);
  readonly #closing = new AbortController();

  constructor(media: HTMLMediaElement, teller: Teller, player: Player = {}) {
    this.#media = media;
    this.#teller = teller;
    this.#player = player;
    this.#shown = new Shown(media);
    const listeners = {
      play: () => {
        this.#wish();
      },
      loadstart: () => {
        if (media.autoplay && media.paused) this.#wish();
      },
      playing: () => {
        this.#play();
      },
      waiting: () => {
        this.#beginStall();
      },
      seeking: () => {
        this.#beginSeek();
      },
      seeked: () => {
        if (media.paused) this.#endSeek();
      },
      pause: () => {
        this.#pause();
      },
      ended: () => {
        this.#end('ENDED');
      },
      emptied: () => {
        this.#end('QUIT');
      },
      timeupdate: () => {
        this.#tick();
      },
      ratechange: () => {
        this.#look();
      },
      resize: () => {
        this.#resize();
      },
      error: () => {
        this.fail(`MEDIA_ERR_${String(media.error?.code ?? '')}`);
      },
    };
    const { signal } = this.#closing;
    for (const [name, listener] of Object.entries(listeners)) {
      media.addEventListener(name, listener, { signal });
    }
  }

  /** Takes an element that plays already: what it has shown, as far as it is given, is watched. */
  joinIn(played?: TimeRanges): void {
    const { paused, readyState } = this.#media;
    if (this.#view !== undefined || paused || readyState < HAVE_FUTURE_DATA) return;
    this.#start();
    if (played !== undefined) this.#shown.add(played);
  }

  /** The player gave up: what is loaded is still shown. */
  fail(code: string): void {
    const view = this.#view;
    if (view === undefined || view.isEnded || view.failure !== undefined) return;
    view.failure = code;
    this.#look();
    this.#tellWatched('PLAYBACK_ERROR', { errorCode: code });
    if (this.#media.error !== null || !this.#isMoving()) this.#end('FAILED');
  }

  heartbeat(): void {
    this.#look();
    if (this.#shown.watchedMs > 0) this.#tellWatched('HEARTBEAT');
  }

  /** Ends the session, as the page goes. */
  end(): void {
    this.#end('QUIT');
  }

  /** Ends the session, and follows the element no more. */
  close(): void {
    this.#end('QUIT');
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  #isMoving(): boolean {
    const view = this.#view;
    return (
      view?.isStarted === true &&
      !view.isEnded &&
      (view.pausedAt ?? view.stalledAt ?? view.soughtAt) === undefined
    );
  }

  #look(): number {
    return this.#shown.look(this.#isMoving());
  }

  #tell(type: string, details: Details = {}, agoMs = 0): void {
    if (this.#view === undefined) return;
    const { duration } = this.#media;
    const length = duration > 0 && duration < Infinity ? seconds(duration * 1_000) : undefined;
    const bytesLoaded = this.#player.takeBytes?.();
    const common = { quality: this.#view.quality, bytesLoaded, mediaDuration: length };
    const live = duration === Infinity ? { context: { live: true } } : {};
    this.#teller.tell(type, { ...common, ...live, ...details }, agoMs);
  }

  /** Tells of an event with what was watched since the last one. */
  #tellWatched(type: string, details: Details = {}): void {
    this.#tell(type, { ...this.#shown.take(), ...details });
  }

  #begin(askedAt: number | undefined): View {
    this.#teller.begin();
    this.#source = this.#media.currentSrc;
    this.#shown.watchedMs = 0;
    return (this.#view = { askedAt, isStarted: false, isEnded: false });
  }

  /** Somebody wants to play. */
  #wish(): void {
    const view = this.#view;
    if (view !== undefined && !view.isEnded && this.#source !== this.#media.currentSrc) this.end();
    if (this.#view !== undefined) return;
    this.#begin(performance.now());
    this.#tell('PLAY_REQUESTED');
  }

  #start(): void {
    const view = this.#view ?? this.#begin(undefined);
    view.isStarted = true;
    view.quality = qualityOf(this.#media);
    const now = this.#shown.jump();
    const { askedAt } = view;
    this.#tell(
      'SESSION_START',
      askedAt === undefined ? {} : { startupTime: seconds(now - askedAt) },
    );
  }

  #resize(): void {
    const view = this.#view;
    const quality = qualityOf(this.#media);
    if (view?.isStarted !== true || view.isEnded || quality === view.quality) return;
    this.heartbeat();
    view.quality = quality;
    this.#tell('QUALITY_CHANGED');
  }

  #play(): void {
    if (this.#view?.isStarted !== true) this.#start();
    const view = this.#view;
    if (view === undefined) return;
    const now = this.#look();
    const { pausedAt } = view;
    if (view.isEnded) this.#tell('RESUMED');
    else if (pausedAt !== undefined) this.#tell('RESUMED', { duration: seconds(now - pausedAt) });
    view.pausedAt = undefined;
    view.isEnded = false;
    if (!this.#media.seeking) this.#endSeek();
    this.#endStall();
    this.#look();
  }

  #pause(): void {
    const view = this.#view;
    if (this.#media.ended || view === undefined || view.pausedAt !== undefined) return;
    const now = this.#look();
    this.#endStall();
    if (!view.isStarted || view.isEnded || this.#hasGivenUp()) return;
    this.#tellWatched('PAUSED');
    view.pausedAt = now;
  }

  #beginStall(): void {
    const now = this.#look();
    const view = this.#view;
    if (view === undefined || !this.#isMoving() || this.#hasGivenUp()) return;
    view.stalledAt = now;
    this.#stallTimer = setTimeout(() => {
      if (view.stalledAt !== now || view !== this.#view) return;
      if (this.#shown.watchedMs > 0) this.#tellWatched('HEARTBEAT');
      view.isStallTold = true;
      this.#tell('REBUFFER_START', {}, performance.now() - now);
    }, STILL_MS_MIN);
  }

  #endStall(): void {
    clearTimeout(this.#stallTimer);
    const view = this.#view;
    const stalledAt = view?.stalledAt;
    if (view === undefined || stalledAt === undefined) return;
    const stalledMs = performance.now() - stalledAt;
    if (view.isStallTold === true) this.#tell('REBUFFER_END', { duration: seconds(stalledMs) });
    else this.#shown.watchedMs += stalledMs;
    view.isStallTold = false;
    view.stalledAt = undefined;
  }

  #beginSeek(): void {
    const view = this.#view;
    if (view?.isStarted !== true || view.soughtAt !== undefined) return;
    const { loop, currentTime, duration } = this.#media;
    const isLoop =
      loop && currentTime < LOOP_SECONDS && duration - this.#shown.position < LOOP_SECONDS;
    const now = this.#shown.leave(this.#isMoving());
    this.#endStall();
    if (isLoop && !view.isEnded) {
      // A loop completes its view once, and goes on as the same.
      this.#shown.position = duration;
      this.#tellWatched('SESSION_END');
      this.#tell('RESUMED');
    } else if (this.#shown.watchedMs > 0) this.#tellWatched('HEARTBEAT');
    view.soughtAt = now;
  }

  #endSeek(): void {
    const view = this.#view;
    const soughtAt = view?.soughtAt;
    if (view === undefined || soughtAt === undefined) return;
    view.soughtAt = undefined;
    const soughtMs = this.#shown.jump() - soughtAt;
    if (soughtMs >= STILL_MS_MIN) this.#tell('SEEKED', { duration: seconds(soughtMs) });
    else if (this.#isMoving()) this.#shown.watchedMs += soughtMs;
  }

  /** Looks whether the picture moves again, whether the browser says `playing` or not. */
  #tick(): void {
    const view = this.#view;
    const { seeking, paused, currentTime } = this.#media;
    const hasMoved = currentTime > this.#shown.position;
    if (view?.soughtAt !== undefined && !seeking && !paused && hasMoved) this.#endSeek();
    if (view?.stalledAt !== undefined && hasMoved) this.#endStall();
    this.#look();
  }

  /** Ends a session of which the player gave up, once nothing moves any more. */
  #hasGivenUp(): boolean {
    if (this.#player.failure?.() === undefined) return false;
    this.#end('FAILED');
    return true;
  }

  /** Ends the session; where it was played to its end, it may go on. */
  #end(endReason: 'ENDED' | 'QUIT' | 'FAILED'): void {
    const view = this.#view;
    if (view === undefined) return;
    if (!view.isEnded) {
      this.#look();
      this.#endStall();
      const errorCode = endReason === 'FAILED' ? view.failure : undefined;
      this.#tellWatched('SESSION_END', { endReason, errorCode });
    }
    view.isEnded = true;
    view.pausedAt = undefined;
    if (endReason !== 'ENDED') this.#view = undefined;
  }
}
