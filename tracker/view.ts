import { seconds, type Details } from './event.js';
import { failureOf, factsOf, qualityOf } from './facts.js';
import { Shown, STILL_MS_MIN } from './shown.js';
import { HEARD, isOpen, type Player, type Teller, type View } from './told.js';

const HEARTBEAT_MS = 10_000;
/** A wish that is fulfilled, refused or withdrawn sooner is told of together with that. */
const WISH_MS = 1_000;
/** How long the player and its page may take to mend what is fatal. */
const MENDING_MS = 1_000;
/** What took longer is no startup: somebody was asked something, or the machine slept. */
const STARTUP_SECONDS_MAX = 600;
/** A loop begins no later. */
const LOOP_SECONDS = 1;
/** The element has what comes next, too: it can play. */
const HAVE_FUTURE_DATA = 3;

/**
 * Follows what a media element shows, from session to session. Watched is the time that goes by
 * while the position moves: neither a stall nor a seek, a frozen page nor a machine that sleeps.
 */
export class Followed implements EventListenerObject {
  readonly #media: HTMLMediaElement;
  readonly #teller: Teller;
  readonly #player: Player;
  /** Without a wish and a start it is none. */
  #view: View = {};
  readonly #shown: Shown;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #timer = setInterval(() => {
    this.heartbeat();
  }, HEARTBEAT_MS);

  constructor(media: HTMLMediaElement, teller: Teller, player: Player = {}) {
    this.#media = media;
    this.#teller = teller;
    this.#player = player;
    this.#shown = new Shown(media);
    this.#listen('addEventListener');
  }

  handleEvent({ type }: Event): void {
    (this as unknown as Record<string, () => void>)[type]?.();
  }

  /** Takes an element that plays already: what it has shown, as far as it is given, is watched. */
  joinIn(played?: TimeRanges | false): void {
    const { paused, readyState } = this.#media;
    if (this.#view.isStarted || paused || readyState < HAVE_FUTURE_DATA) return;
    this.#start();
    if (played && this.#isMoving()) this.#shown.add(played);
  }

  /** Something is wrong: unless that is mended soon, it was given up. */
  error(): void {
    const view = this.#view;
    const now = performance.now();
    setTimeout(() => {
      if (view === this.#view) this.#giveUp(now);
    }, MENDING_MS);
  }

  ratechange(): void {
    this.#look();
  }

  heartbeat(): void {
    this.#look();
    this.#beat();
  }

  /** Ends the session, as the page goes. */
  end(): void {
    if (!this.#giveUp()) this.#end('QUIT');
  }

  /** Ends the session, and follows the element no more. */
  close(): void {
    this.end();
    clearInterval(this.#timer);
    this.#listen('removeEventListener');
  }

  #listen(how: 'addEventListener' | 'removeEventListener'): void {
    // A source of the element tells of its error itself, and that does not bubble.
    for (const name of HEARD) this.#media[how](name, this, true);
  }

  #isMoving(): boolean {
    const { isStarted, isEnded, pausedAt, stalledAt, soughtAt } = this.#view;
    return !!isStarted && !(isEnded ?? pausedAt ?? stalledAt ?? soughtAt);
  }

  #look(): number {
    return this.#shown.look(this.#isMoving());
  }

  #tell(type: string, details: Details = {}, agoMs = 0): void {
    if (!this.#announce()) return;
    const facts = factsOf(this.#media, this.#player);
    this.#teller.tell(type, { quality: this.#view.quality, ...facts, ...details }, agoMs);
  }

  /** Begins to tell of a view, with the wish to play, unless its player reports by itself. */
  #announce(): boolean | undefined {
    const view = this.#view;
    if (!view.isStarted && this.#player.reports?.()) this.#view = {};
    else if (!view.isTold) {
      view.isTold = true;
      this.#teller.begin();
      if (view.askedAt) this.#tell('PLAY_REQUESTED', {}, performance.now() - view.askedAt);
    }
    return this.#view.isTold;
  }

  /** Tells of an event with what was watched since the last one. */
  #tellWatched(type: string, details: Details = {}): void {
    this.#tell(type, { ...this.#shown.take(), ...details });
  }

  #beat(): void {
    if (this.#shown.watchedMs) this.#tellWatched('HEARTBEAT');
  }

  /** Somebody wants to play. */
  play(): void {
    const view = this.#view;
    if (view.isStarted) return;
    view.askedAt ??= performance.now();
    setTimeout(() => {
      if (view === this.#view && !this.#media.paused) this.#announce();
    }, WISH_MS);
    this.error();
  }

  loadstart(): void {
    if (this.#media.autoplay && this.#media.paused) this.play();
  }

  /** What may play by itself does so before this: it was refused. */
  canplaythrough(): void {
    if (this.#media.paused) this.#forgetWish();
  }

  /** Nobody wants to play any more, or nobody may: of that nothing is told, unless it was. */
  #forgetWish(): void {
    const { isTold, isStarted } = this.#view;
    if (!isStarted) this.#view = { isTold };
  }

  #start(): void {
    const view = this.#view;
    if (!this.#announce()) return;
    view.isStarted = true;
    view.quality = qualityOf(this.#media);
    this.#shown.watchedMs = 0;
    const startupTime = seconds(this.#shown.jump() - (view.askedAt ?? NaN));
    this.#tell('SESSION_START', startupTime <= STARTUP_SECONDS_MAX ? { startupTime } : {});
  }

  resize(): void {
    const view = this.#view;
    const quality = qualityOf(this.#media);
    if (!view.isStarted || view.isEnded || quality === view.quality) return;
    this.heartbeat();
    view.quality = quality;
    this.#tell('QUALITY_CHANGED');
  }

  playing(): void {
    if (!this.#view.isStarted) this.#start();
    const view = this.#view;
    if (!view.isStarted) return;
    const { pausedAt, isEnded } = view;
    const duration = pausedAt && seconds(this.#look() - pausedAt);
    if (isEnded || pausedAt) this.#tell('RESUMED', { duration });
    view.pausedAt = view.isEnded = undefined;
    if (!this.#media.seeking) this.#endSeek();
    this.#endStall();
    this.#look();
  }

  pause(): void {
    this.#forgetWish();
    const view = this.#view;
    if (this.#media.ended || !view.isStarted || view.isEnded || view.pausedAt) return;
    const now = this.#look();
    this.#endStall();
    view.pausedAt = now;
    if (!this.#giveUp()) this.#tellWatched('PAUSED');
  }

  waiting(): void {
    if (!this.#isMoving()) return;
    this.#view.stalledAt = this.#look();
    if (this.#giveUp()) return;
    this.#stallTimer = setTimeout(() => {
      this.#tellStall();
    }, STILL_MS_MIN);
  }

  /** Tells that it stalls. */
  #tellStall(): void {
    const view = this.#view;
    const { stalledAt, isStallTold } = view;
    if (!stalledAt || isStallTold) return;
    view.isStallTold = true;
    this.#beat();
    this.#tell('REBUFFER_START', {}, performance.now() - stalledAt);
  }

  /** Its length says whether it was a stall: timers are late in hidden tabs. */
  #endStall(now = performance.now()): void {
    clearTimeout(this.#stallTimer);
    const view = this.#view;
    const { stalledAt } = view;
    if (!stalledAt) return;
    const stalledMs = now - stalledAt;
    if (stalledMs >= STILL_MS_MIN) this.#tellStall();
    if (view.isStallTold) this.#tell('REBUFFER_END', { duration: seconds(stalledMs) });
    else this.#shown.watchedMs += stalledMs;
    view.isStallTold = view.stalledAt = undefined;
  }

  seeking(): void {
    const view = this.#view;
    if (!view.isStarted) return;
    if (!view.soughtAt) {
      const { loop, currentTime, duration } = this.#media;
      const end = loop && currentTime < LOOP_SECONDS && !view.isEnded ? duration : NaN;
      const isLoop = this.#shown.leave(this.#isMoving(), end);
      this.#endStall();
      if (isLoop) {
        // It completes its view once, and goes on as the same.
        this.#tellWatched('SESSION_END');
        this.#tell('RESUMED');
      } else {
        this.#beat();
        view.soughtAt = performance.now();
      }
    }
    // The next moving picture is one behind what is sought.
    this.#shown.jump();
  }

  seeked(): void {
    if (this.#media.paused) this.#endSeek();
  }

  #endSeek(): void {
    const view = this.#view;
    const { soughtAt } = view;
    if (!soughtAt) return;
    view.soughtAt = undefined;
    const soughtMs = this.#shown.jump() - soughtAt;
    if (soughtMs >= STILL_MS_MIN) this.#tell('SEEKED', { duration: seconds(soughtMs) });
    else if (this.#isMoving()) this.#shown.watchedMs += soughtMs;
  }

  /** Looks whether the picture moves again, whether the browser says `playing` or not. */
  timeupdate(): void {
    const { seeking, paused, currentTime } = this.#media;
    if (!seeking && !paused && currentTime > this.#shown.position) {
      this.#endSeek();
      this.#endStall();
    }
    this.#look();
  }

  /** The element has another source, or none, or the same anew. */
  emptied(): void {
    this.#forgetWish();
    if (this.#player.isMending?.()) this.seeking();
    else {
      this.waiting();
      this.end();
    }
  }

  /** Tells what was given up, if anything, and ends the session once nothing moves any more. */
  #giveUp(failedAt?: number): boolean {
    const view = this.#view;
    const errorCode = failureOf(this.#media, this.#player, failedAt);
    if (!errorCode || !isOpen(view)) return false;
    if (!view.failure) {
      view.failure = errorCode;
      this.#look();
      this.#tellWatched('PLAYBACK_ERROR', { errorCode });
    }
    if (!this.#media.error && this.#isMoving()) return false;
    this.#endStall(failedAt);
    this.#end('FAILED');
    return true;
  }

  ended(): void {
    this.#end('ENDED');
  }

  /** Ends the session; where it was played to its end, it may go on. */
  #end(endReason: 'ENDED' | 'QUIT' | 'FAILED'): void {
    const view = this.#view;
    if (isOpen(view)) {
      this.#look();
      this.#endStall();
      const errorCode = endReason === 'FAILED' ? view.failure : undefined;
      this.#tellWatched('SESSION_END', { endReason, errorCode });
      view.isEnded = true;
      view.pausedAt = undefined;
    }
    if (endReason !== 'ENDED') this.#view = {};
  }
}
