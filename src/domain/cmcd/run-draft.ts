import type { PlainPlaybackType, PlaybackState } from '../event.js';
import { DAY_MS, SECOND_MS } from '../time.js';
import type { CmcdReport } from './cmcd-report.js';
import type { CmcdTrack } from './cmcd-track.js';
import type { Rendition } from './rendition.js';

/** An event that follows from a run's reports, in the words of Playhead. Times are the player's. */
export interface CmcdFact {
  readonly type: PlainPlaybackType | 'session_end';
  readonly at: number;
  readonly durationMs?: number;
  readonly startupMs?: number;
  /** Estimated from the rate of what was shown. */
  readonly bytes?: number;
  readonly rendition?: Rendition;
  readonly endReason?: 'ENDED' | 'QUIT' | 'FAILED';
  readonly errorCode?: string;
  /** The player's state after it, if the type does not tell it. */
  readonly state?: PlaybackState;
  /** The view's player reports no play states. */
  readonly isStateless?: true;
  /** Somebody is known to have asked for the view. */
  readonly isAsked?: true;
}
type FactDetails = Omit<CmcdFact, 'type' | 'at'>;

/** The interval to assume until it is known: the recommended one. */
const INTERVAL_MS_USUAL = 10 * SECOND_MS;
/** Reports that are further apart leave open what happened between them. */
const GAP_INTERVALS = 1.5;
/** The longest silence in milliseconds of a playing player, unless its reports come more seldom. */
const SILENCE_MS_MAX = 120 * SECOND_MS;
const STALL_MS_MIN = 250;
/** The shortest interval that counts as the one that is set. */
const INTERVAL_MS_MIN = SECOND_MS;
const COMING_MAX = 8;
const BITS_PER_BYTE = 8;

/** A run in the making: its track, and the facts that follow from its reports. */
export class RunDraft {
  readonly facts: CmcdFact[] = [];
  readonly track: { -readonly [Member in keyof CmcdTrack]: CmcdTrack[Member] };

  constructor(track: CmcdTrack) {
    this.track = { ...track };
  }

  tell(type: CmcdFact['type'], at: number, details: FactDetails = {}): void {
    this.facts.push({ type, at, ...details });
  }

  /** Adds a heartbeat, with the time watched since the last one. */
  beat(at: number, watchedMs: number, state?: PlaybackState): void {
    this.tell('heartbeat', at, {
      ...this.watched(watchedMs),
      ...(state !== undefined && { state }),
    });
  }

  /** Returns the details of an event that closes watched time. */
  watched(watchedMs: number): FactDetails {
    if (watchedMs <= 0) return {};
    const durationMs = Math.min(watchedMs, DAY_MS);
    const kbps = this.track.shown?.kbps;
    const bytes = kbps === undefined ? 0 : Math.round((kbps * durationMs) / BITS_PER_BYTE);
    return { durationMs, ...(bytes > 0 && { bytes }) };
  }

  /**
   * Takes the time of a report in its place. If the clock was set back, all times of the track move
   * with it.
   */
  setClock(at: number): void {
    const { track } = this;
    const backMs = track.clockAt - at;
    if (backMs > 0) {
      // How long it was between the two reports is not known.
      track.offsetMs += backMs;
      track.since -= backMs;
      track.toldTo = at;
      track.coming = track.coming.map((one) => ({ ...one, from: one.from - backMs }));
      if (track.playedFrom !== undefined) track.playedFrom -= backMs;
      if (track.askedAt !== undefined) track.askedAt -= backMs;
      if (track.soughtAt !== undefined) track.soughtAt -= backMs;
      if (track.loadedAt !== undefined) track.loadedAt -= backMs;
      delete track.tickAt;
      delete track.keptAt;
      delete track.alive;
    }
    track.clockAt = at;
    track.lastAt = Math.max(track.lastAt, at);
  }

  enter(mode: CmcdTrack['mode'], at: number): void {
    delete this.track.keptAt;
    this.track.mode = mode;
    this.track.since = at;
  }

  /**
   * Returns the time watched up to a report and not told yet; 0 if it is not known. If another
   * rendition came on the screen meanwhile, it first tells what was watched before that.
   */
  watchUntil(report: CmcdReport, isAfterGap: boolean): number {
    const { track } = this;
    const { at } = report;
    if (!this.isKnown(report, isAfterGap)) {
      track.toldTo = Math.max(at, track.toldTo);
      return 0;
    }
    while (track.coming.length > 0) {
      const [{ rendition, from } = { rendition: track.shown, from: at }, ...later] = track.coming;
      if (from > at || rendition === undefined) break;
      const shownAt = Math.max(from, track.toldTo);
      if (shownAt > track.toldTo) this.beat(shownAt, shownAt - track.toldTo);
      this.show(rendition, shownAt);
      track.coming = later;
      track.toldTo = shownAt;
    }
    const watchedMs = Math.max(0, at - track.toldTo);
    track.toldTo = Math.max(at, track.toldTo);
    return watchedMs;
  }

  /**
   * Notes a response as a sign of life. Its time is that of its request; it was reported once the
   * response had come.
   */
  noteAlive({ at, number, responseMs = 0 }: CmcdReport, arrivedAt: number): void {
    const { track } = this;
    const { offsetMs, alive, next } = track;
    // One that all others before it have come with is kept until there is another such one.
    const isKept = alive !== undefined && alive.number < next && (number ?? next) >= next;
    if (number === undefined || isKept || number < (alive?.number ?? 0)) return;
    const until = Math.min(at + responseMs, arrivedAt - offsetMs);
    track.alive = { number, at: until, arrivedAt: alive?.arrivedAt ?? arrivedAt };
  }

  /** Tells what was watched up to the last sign of life. */
  closeAlive(): void {
    const { track } = this;
    const { alive } = track;
    if (alive === undefined || !isTelling(track)) return;
    const watchedMs = this.watchUntil({ event: 'rr', at: alive.at }, false);
    if (watchedMs > 0) this.beat(alive.at, watchedMs);
    delete track.alive;
  }

  noteInterval({ event, at }: CmcdReport, isAfterGap: boolean): void {
    const { track } = this;
    if (event !== 't') return;
    const { tickAt, intervalMs = Infinity } = track;
    const isOne = tickAt !== undefined && at - tickAt >= INTERVAL_MS_MIN && !isAfterGap;
    if (isOne) {
      track.intervalMs = Math.min(intervalMs, at - tickAt);
    }
    track.tickAt = at;
  }

  private isKnown({ at, state, event }: CmcdReport, isAfterGap: boolean): boolean {
    const { toldTo, intervalMs = INTERVAL_MS_USUAL, hasResponses, tickAt } = this.track;
    const silentMs = at - toldTo;
    // Most reports are of responses where there are any: most likely they are what is missing
    // before another state is told.
    const isLikely = state === 'p' || (hasResponses === true && event === 'ps');
    if (isAfterGap) return isLikely && silentMs <= GAP_INTERVALS * intervalMs;
    // Players that report at intervals do so from their beginning: this one may be silent for long.
    if (tickAt === undefined && this.track.intervalMs === undefined) return true;
    return silentMs <= Math.max(SILENCE_MS_MAX, GAP_INTERVALS * intervalMs);
  }

  /**
   * Plays on. A rendition that is loaded comes on the screen later by the time that stood still.
   */
  playOn(at: number): void {
    const { track } = this;
    const stoodMs = Math.max(0, at - track.toldTo);
    track.coming = track.coming.map((one) => ({ ...one, from: one.from + stoodMs }));
    track.toldTo = at;
    track.playedFrom = at;
    // What follows a pause may be what was loaded before the error.
    if (track.mode !== 'paused') this.recover();
    this.enter('playing', at);
  }

  private recover(): void {
    const { track } = this;
    delete track.errorCode;
    delete track.erredAt;
    delete track.isError;
    delete track.failedBy;
  }

  /** Shows the next loaded rendition at once, as a seek throws away what was loaded before. */
  showLoaded(at: number): void {
    const rendition = this.track.coming.at(-1)?.rendition;
    this.track.coming = [];
    if (rendition !== undefined) this.show(rendition, at);
  }

  private show(rendition: Rendition, at: number): void {
    if (rendition.label !== this.track.shown?.label) {
      this.tell('quality_changed', at, { rendition });
    }
    this.track.shown = rendition;
  }

  /** Notes what is loaded: it is shown once what was loaded before it has been. */
  noteRendition({ at, rendition, bufferMs = 0 }: CmcdReport): void {
    const { track } = this;
    // Responses may be told in another order than that of their requests.
    if (rendition === undefined || at < (track.loadedAt ?? at)) return;
    if (track.hasView === undefined && (track.shown === undefined || bufferMs === 0)) {
      track.shown = rendition;
      track.coming = [];
      return;
    }
    const last = track.coming.at(-1)?.rendition ?? track.shown;
    if (last?.label === rendition.label) return;
    const from = (track.mode === 'playing' ? Math.max(at, track.toldTo) : track.toldTo) + bufferMs;
    track.coming = [...track.coming, { rendition, from }].slice(-COMING_MAX);
    track.loadedAt = at;
  }

  /** Adds a stall that is over, unless it was too short to be one. */
  endStall(at: number): void {
    const stalledMs = Math.min(at - this.track.since, DAY_MS);
    if (stalledMs >= STALL_MS_MIN) this.tell('buffering', at, { durationMs: stalledMs });
  }

  endSeek(at: number, since = this.track.since): void {
    this.tell('seeked', at, { durationMs: Math.min(at - since, DAY_MS) });
  }

  endPause(at: number): void {
    this.endSoughtInPause(at);
    this.tell('resumed', at, { durationMs: Math.min(at - this.track.since, DAY_MS) });
  }

  endSoughtInPause(at: number): void {
    const { soughtAt } = this.track;
    if (soughtAt !== undefined) this.endSeek(at, soughtAt);
    delete this.track.soughtAt;
  }

  /** Ends the view or, without a view, the attempt. */
  end(endReason: 'ENDED' | 'QUIT' | 'FAILED', at: number, details: FactDetails = {}): void {
    this.tell('session_end', at, { endReason, ...details });
    this.enter('over', at);
  }

  /** Ends the run of a player that said last that it failed. */
  endFailing(): void {
    const { mode, toldTo, erredAt = toldTo } = this.track;
    if (mode === 'stalled') this.endStall(toldTo);
    this.endFailed(Math.max(toldTo, erredAt));
  }

  /** Ends the run with its error. */
  endFailed(at: number): void {
    const code = this.track.errorCode ?? '';
    const details = code === '' ? {} : { errorCode: code };
    this.tell('playback_error', at, details);
    this.end('FAILED', at, details);
    delete this.track.failedBy;
  }
}

/** Says whether the last sign of life tells of time that was watched. */
export function isTelling({ alive, mode, failedBy, next, toldTo }: CmcdTrack): boolean {
  const isPlaying = mode === 'playing' && failedBy === undefined;
  return isPlaying && alive !== undefined && alive.number < next && alive.at > toldTo;
}
