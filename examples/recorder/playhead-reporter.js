/**
 * Reports to Playhead what an hls.js player really does. Plain browser JavaScript: copy the
 * three playhead-*.js files beside your player and write, before `hls.loadSource(...)`,
 *
 *   new PlayheadReporter({
 *     hls,
 *     video,
 *     mediaId: 'the-harbour',
 *     endpoint: 'https://stats.example.org',
 *     key: 'an ingest key',
 *   });
 *
 * An event says what happened SINCE its session's last one: `duration` is the seconds watched,
 * `bytesLoaded` the bytes that came in. Playing on after an end (a replay, a page that comes back)
 * is a new session. Needs https or localhost, where browsers have `crypto.randomUUID`.
 */
import { PlayheadLoads } from './playhead-loads.js';
import { PlayheadOutbox } from './playhead-outbox.js';

/** Long enough to be cheap, short enough to lose little when a browser crashes. */
const HEARTBEAT_MS = 5_000;
/** The longest time between two looks of a browser at the position (`timeupdate`). */
const TIMEUPDATE_SECONDS_MAX = 0.25;

export class PlayheadReporter {
  #hls;
  #video;
  #outbox;
  #identity;
  #session = createSession();
  #loads = new PlayheadLoads();
  /** Functions that undo every subscription. */
  #closers = [];

  /**
   * `video`: the element that hls.js plays in; an <audio> will do. `userId`: without it, the viewer
   * is anonymous. `endpoint`: the server's address; without it, the page's own server. `key`: an
   * ingest key, if the server asks for one.
   */
  constructor({ hls, video, mediaId, userId, endpoint = '', key }) {
    this.#hls = hls;
    this.#video = video;
    this.#identity = { mediaId, userId };
    this.#outbox = new PlayheadOutbox(endpoint, key);
    this.#followVideo();
    this.#followHls();
    this.#followPage();
  }

  /** Ends the reports: the page lives on without this player, or shows something else in it. */
  close() {
    this.#end('QUIT');
    for (const close of this.#closers.splice(0)) close();
  }

  #followVideo() {
    this.#listen(this.#video, 'playing', () => this.#onPlaying());
    this.#listen(this.#video, 'waiting', () => this.#onWaiting());
    this.#listen(this.#video, 'timeupdate', () => this.#watch());
    this.#listen(this.#video, 'ratechange', () => this.#watch());
    this.#listen(this.#video, 'seeking', () => this.#onSeeking());
    this.#listen(this.#video, 'pause', () => this.#onPause());
    this.#listen(this.#video, 'ended', () => this.#end('ENDED'));
  }

  #followHls() {
    const { Events } = this.#hls.constructor;
    const follow = (name, handler) => {
      const listener = (_, data) => handler(data);
      this.#hls.on(name, listener);
      this.#closers.push(() => this.#hls.off(name, listener));
    };
    follow(Events.MANIFEST_PARSED, () => this.#report('MANIFEST_GENERATED'));
    follow(Events.FRAG_LOADING, ({ frag }) => {
      this.#loads.begin(frag, this.#labelOf(frag.type === 'main' ? frag.level : -1));
    });
    follow(Events.FRAG_LOADED, () => (this.#session.doomed = false)); // the page has recovered
    follow(Events.LEVEL_SWITCHED, ({ level }) => this.#onLevelSwitched(level));
    // hls.js mends an error that is not fatal; if the viewer notices, it is a stall.
    follow(Events.ERROR, ({ fatal }) => fatal && this.#onFatalError());
    follow(Events.DESTROYING, () => this.close());
  }

  #followPage() {
    const timer = setInterval(() => this.#heartbeatAndSend(), HEARTBEAT_MS);
    this.#closers.push(() => clearInterval(timer));
    // On phones a page may vanish without another word. Then the server ends the session after its
    // timeout, and knows no more than the page sent when it was hidden.
    this.#listen(document, 'visibilitychange', () => {
      if (document.visibilityState !== 'hidden') return this.#heartbeatAndSend();
      this.#heartbeat();
      this.#outbox.sendNow();
    });
    this.#listen(window, 'pagehide', () => {
      this.#writeEnd('QUIT');
      this.#outbox.sendNow();
    });
  }

  #listen(target, name, handler) {
    target.addEventListener(name, handler);
    this.#closers.push(() => target.removeEventListener(name, handler));
  }

  #onPlaying() {
    if (this.#session.ended) this.#session = createSession();
    const session = this.#session;
    if (!session.started) {
      session.started = true;
      session.position = this.#video.currentTime; // not 0 in a live stream, or when resuming
      session.quality = this.#labelOf(this.#hls.currentLevel);
      this.#report('SESSION_START');
      void this.#outbox.send();
    }
    this.#endStall();
  }

  /** Reports that the buffer ran dry. A wait before the first frame or after a seek is no stall. */
  #onWaiting() {
    const session = this.#session;
    if (!session.started || session.ended || session.stalledAt !== undefined) return;
    if (session.doomed) this.#end('FAILED');
    if (session.doomed || this.#video.seeking) return;
    this.#heartbeat(); // seconds watched: on a REBUFFER_... event they would mean seconds stalled
    session.stalledAt = performance.now();
    this.#report('REBUFFER_START', 0);
  }

  #endStall() {
    const { stalledAt } = this.#session;
    if (stalledAt === undefined) return;
    this.#session.stalledAt = undefined;
    this.#report('REBUFFER_END', secondsSince(stalledAt));
  }

  #onSeeking() {
    const session = this.#session;
    // The position has already jumped; the clock alone knows the moments before it did.
    if (!session.jumping && !this.#video.paused && session.stalledAt === undefined) {
      session.watched += Math.min(TIMEUPDATE_SECONDS_MAX, secondsSince(session.seenAt));
    }
    session.jumping = true;
    session.position = this.#video.currentTime;
    this.#endStall();
  }

  #onPause() {
    this.#endStall();
    if (this.#session.doomed) this.#end('FAILED');
    else if (!this.#video.ended) this.#heartbeat(); // else `ended` follows at once and says it
  }

  #onLevelSwitched(level) {
    const session = this.#session;
    const quality = this.#labelOf(level);
    if (!session.started || session.ended || quality === session.quality) return;
    this.#heartbeat(); // what was watched so far was at the old quality
    session.quality = quality;
    this.#report('QUALITY_CHANGED');
  }

  /** Reports an error after which nothing is loaded; the view fails once the buffer is played. */
  #onFatalError() {
    const session = this.#session;
    if (session.ended || session.doomed) return;
    session.doomed = true;
    this.#report('PLAYBACK_ERROR');
    const showing = session.started && !this.#video.paused && session.stalledAt === undefined;
    if (!showing) this.#end('FAILED');
  }

  #end(endReason) {
    this.#writeEnd(endReason);
    void this.#outbox.send();
  }

  #writeEnd(endReason) {
    const session = this.#session;
    if (session.ended || session.events === 0) return;
    this.#endStall();
    this.#report('SESSION_END', undefined, endReason);
    session.ended = true;
  }

  #heartbeatAndSend() {
    this.#heartbeat();
    void this.#outbox.send();
  }

  /** Reports the seconds and bytes since the last event, if there are any. */
  #heartbeat() {
    const session = this.#session;
    if (!session.started || session.ended || session.stalledAt !== undefined) return;
    this.#watch();
    if (session.watched > 0 || this.#loads.any) this.#report('HEARTBEAT');
  }

  /** Adds the seconds that the position moved since the last look; at double speed, half. */
  #watch() {
    const session = this.#session;
    if (!session.started || session.ended || this.#video.seeking) return;
    const { currentTime, playbackRate } = this.#video;
    session.watched += Math.max(0, currentTime - session.position) / session.rate;
    session.position = currentTime;
    session.rate = playbackRate || 1;
    session.seenAt = performance.now();
    session.jumping = false;
  }

  /** Returns the label of a level of hls.js; the current one for a separate audio track. */
  #labelOf(level) {
    const height = this.#hls.levels[level]?.height;
    return height ? `${height}p` : this.#session.quality;
  }

  /**
   * Records an event, with the seconds and bytes since the last event. Loading runs ahead of
   * playing: bytes of another quality than the one on screen get a heartbeat of their own.
   */
  #report(eventType, stalledSeconds, endReason) {
    const session = this.#session;
    if (session.ended) return;
    this.#watch();
    const bytes = this.#loads.take();
    for (const [quality, bytesLoaded] of bytes) {
      if (quality === session.quality) continue;
      this.#write({ eventType: 'HEARTBEAT', quality, duration: 0, bytesLoaded });
    }
    const { quality } = session;
    const bytesLoaded = bytes.get(quality) ?? 0;
    const duration = stalledSeconds ?? session.watched;
    if (stalledSeconds === undefined) session.watched = 0;
    this.#write({ eventType, quality, duration, bytesLoaded, endReason });
  }

  #write(event) {
    this.#session.events += 1;
    this.#outbox.add({
      ...this.#identity,
      ...event,
      eventId: String(this.#session.events), // has to be unique within its session only
      sessionId: this.#session.id,
      duration: Math.round(event.duration * 1000) / 1000,
      occurredAt: new Date().toISOString(),
    });
  }
}

const secondsSince = (momentMs) => (performance.now() - momentMs) / 1000;

/** Makes the state of one view; `watched` are the seconds not yet reported. */
function createSession() {
  return {
    id: crypto.randomUUID(),
    events: 0,
    started: false,
    ended: false,
    doomed: false,
    jumping: false,
    stalledAt: undefined,
    quality: undefined,
    watched: 0,
    position: 0,
    rate: 1,
    seenAt: 0,
  };
}
