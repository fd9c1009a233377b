import { STARTUP_SECONDS_MAX } from '../checked-report.js';
import { MINUTE_MS } from '../time.js';
import { milliseconds } from '../units.js';
import type { CmcdReport, CmcdState } from './cmcd-report.js';
import { RunDraft } from './run-draft.js';

/** Says whether a state means that the player loads another source, or none any more. */
const isLeaving = (state: CmcdState | undefined): state is 's' | 'q' | 'd' =>
  state === 's' || state === 'q' || state === 'd';

/**
 * The time in milliseconds for which a page may say that it plays before it does. A page that says
 * so for longer was idle.
 */
const IDLE_MS_MIN = 250;
/** The time in milliseconds within which a player shows what was loaded when an error came. */
const ERROR_MS_MAX = MINUTE_MS;
const STARTUP_MS_MAX = milliseconds(STARTUP_SECONDS_MAX);

/** Follows a run from report to report, each in its turn. */
export class Run extends RunDraft {
  /** Takes a report in its place; `arrivedAt` is by the server's clock. */
  take(report: CmcdReport, arrivedAt: number, isAfterGap: boolean): void {
    if (report.event === 'rr') {
      this.takeResponse(report);
      return;
    }
    this.noteFirst(report, isAfterGap);
    this.noteInterval(report, isAfterGap);
    if (this.track.hasView === undefined) this.noteRendition(report);
    // What proves that it played comes before whatever it does now.
    if (this.track.mode === 'unproven') this.noteStartup(report);
    this.noteState(report, arrivedAt, isAfterGap);
    if (this.track.hasView !== undefined) this.noteRendition(report);
    this.noteError(report);
    this.noteStartup(report);
    if (report.isHidden === true && report.event === 'b') this.track.isHidden = true;
    else delete this.track.isHidden;
  }

  /**
   * Takes a report whose place was passed: other reports have told what the player did meanwhile.
   * An error since it last began to play, and the time to the first frame, hold all the same.
   */
  takeLate(report: CmcdReport): void {
    const { track } = this;
    if (report.state !== undefined) track.hasStates = true;
    if (report.at >= (track.playedFrom ?? 0)) this.noteError(report);
    if (track.mode !== 'starting' || report.at >= track.since) this.noteStartup(report);
  }

  /** Takes the report of a response, which has no state. Its time is that of its request. */
  private takeResponse(report: CmcdReport): void {
    if (report.state !== undefined) this.track.hasStates = true;
    this.noteError(report);
    this.noteStartup(report);
  }

  /** Ends the stall, seek or view under way, as the player begins another run. */
  leave(at: number): void {
    const { track } = this;
    if (track.mode === 'failed') this.endFailed(track.since);
    const isBegun = track.hasView !== undefined || track.askedAt !== undefined;
    if (!isBegun || track.mode === 'over') return;
    if (track.mode === 'stalled') this.endStall(track.toldTo);
    this.end('QUIT', at);
  }

  /** Ends what can be ended after a long silence; the session's timeout ends the rest. */
  finish(): void {
    const { track } = this;
    const { mode, hasView, askedAt, since, erredAt = -Infinity } = track;
    if (mode === 'failed') {
      this.endFailed(since);
      return;
    }
    const at = Math.max(track.toldTo, track.clockAt);
    if (mode === 'stalled') this.endStall(track.toldTo);
    const isStuck = mode === 'stalled' || mode === 'seeking';
    const hasNotBegun = hasView === undefined && askedAt !== undefined && mode !== 'over';
    if ((isStuck && since - erredAt <= ERROR_MS_MAX) || (hasNotBegun && erredAt >= 0)) {
      this.endFailed(at);
    } else if (track.isHidden && hasView && mode !== 'over') this.end('QUIT', at);
    else if (mode === 'stalled') this.enter('waiting', at);
  }

  private noteFirst({ at, state, number = 0 }: CmcdReport, isAfterGap: boolean): void {
    const { track } = this;
    if (track.firstAt !== undefined) return;
    track.firstAt = at;
    track.toldTo = at;
    if (state === undefined) track.isLoadFirst = true;
    if (isAfterGap && number > 0) track.isCutOff = true;
  }

  private noteState(report: CmcdReport, arrivedAt: number, isAfterGap: boolean): void {
    const { track } = this;
    const { state, at } = report;
    if (state !== undefined) track.hasStates = true;
    if (track.mode === 'present' && report.event === 't') this.beat(at, 0);
    if (state === undefined) return;
    if (track.mode === 'playing') this.playing(report, arrivedAt, isAfterGap);
    else if (state === 'p') this.play(at);
    else if (state === 'f') this.fail(at, arrivedAt);
    else if (track.hasView === undefined) this.beforeView(state, at);
    else this.inView(state, report);
  }

  /** Takes a report of a player that played so far. */
  private playing(report: CmcdReport, arrivedAt: number, isAfterGap: boolean): void {
    const { state, event, at } = report;
    const watchedMs = this.watchUntil(report, isAfterGap);
    if (state === 'a') {
      this.tell('paused', at, this.watched(watchedMs));
      this.enter('paused', at);
    } else if (state === 'e') {
      this.end('ENDED', at, this.watched(watchedMs));
    } else if (isLeaving(state)) {
      this.quit(state, at, watchedMs);
    } else if (state === 'r') {
      this.beat(at, watchedMs, 'STALLED');
      this.enter('stalled', at);
    } else {
      if (watchedMs > 0 || event === 't') this.beat(at, watchedMs);
      if (state === 'f') this.fail(at, arrivedAt);
      if (state === 'w') this.enter('waiting', at);
      if (state === 'k') this.seek(at);
    }
  }

  /** Goes on playing after any other mode. */
  private play(at: number): void {
    const { track } = this;
    const { mode, hasView } = track;
    if (hasView === undefined) {
      this.begin(at);
      return;
    }
    if (mode === 'stalled') this.endStall(at);
    if (mode === 'seeking') this.endSeek(at);
    if (mode === 'paused') this.endPause(at);
    if (mode === 'over') this.playAgain(at);
    this.playOn(at);
  }

  /** Continues a view after its end, perhaps after a seek to its beginning. */
  private playAgain(at: number): void {
    this.tell('resumed', at);
    this.endSoughtInPause(at);
  }

  /** Begins a view if the run proves that there is one. */
  private begin(at: number): void {
    const { track } = this;
    const { mode, askedAt, isPreloaded, isCutOff } = track;
    const isAsked = mode === 'starting' || askedAt !== undefined;
    if (isAsked || isPreloaded === true || isCutOff === true) {
      this.start(at, askedAt === undefined ? undefined : at - askedAt);
      this.playOn(at);
      return;
    }
    if (mode !== 'unproven') this.enter('unproven', at);
  }

  private start(at: number, startupMs?: number): void {
    const { track } = this;
    const isTold = startupMs !== undefined && startupMs >= 0 && startupMs <= STARTUP_MS_MAX;
    this.tell('session_start', at, {
      ...(track.askedAt !== undefined && { isAsked: true }),
      ...(isTold && { startupMs }),
      ...(track.shown !== undefined && { rendition: track.shown }),
      ...(track.hasStates === undefined && { isStateless: true }),
    });
    track.hasView = true;
    track.toldTo = at;
  }

  /**
   * Notes the time to the first frame. It proves a view if the player says that it plays as soon as
   * it could, or reports no states. It proves only a wish to play if the player says that it starts
   * when it loads.
   */
  private noteStartup(report: CmcdReport): void {
    const { track } = this;
    const { startupMs, event } = report;
    const { mode, firstAt, since, hasStates } = track;
    if (track.hasView !== undefined || track.isPreloaded === true) return;
    if (startupMs !== undefined && mode === 'starting') this.ask(since);
    if (mode === 'starting' || firstAt === undefined) return;
    // What is yet to come is no first frame; a response is reported after its request.
    const isSound = event === 'rr' || firstAt + (startupMs ?? 0) <= report.at;
    if (startupMs !== undefined && isSound) track.startupMs ??= startupMs;
    if (track.startupMs === undefined) return;
    const startedAt = firstAt + track.startupMs;
    if (hasStates === undefined) {
      this.start(startedAt, track.startupMs);
      this.enter('present', startedAt);
      return;
    }
    if (mode !== 'unproven') return;
    const wasIdle = startedAt - since > IDLE_MS_MIN;
    this.start(startedAt, wasIdle ? undefined : track.startupMs);
    this.playOn(Math.max(startedAt, since));
  }

  private beforeView(state: CmcdState, at: number): void {
    const { track } = this;
    const { mode } = track;
    if (state === 's') this.want(at);
    if (state === 'd') track.isPreloaded = true;
    if (state === 'r' && mode === 'starting') this.ask(track.since);
    if (mode === 'unproven') this.enter('idle', at);
  }

  /** Notes that somebody wants to play, unless the player says that it starts whenever it loads. */
  private want(at: number): void {
    const { track } = this;
    if (track.mode === 'starting') return;
    this.enter('starting', at);
    if (track.isLoadFirst === undefined || track.isPreloaded === true) this.ask(at);
  }

  private ask(at: number): void {
    if (this.track.askedAt !== undefined) return;
    this.track.askedAt = at;
    this.tell('play_requested', at);
  }

  /** Takes a state of a view that was not playing. */
  private inView(state: CmcdState, { event, at }: CmcdReport): void {
    const { track } = this;
    const { mode } = track;
    if (isLeaving(state)) {
      if (mode === 'over' && state === 's') this.again(at);
      else if (mode !== 'over') this.quit(state, at, 0);
      return;
    }
    if (mode === 'over' && state === 'k') track.soughtAt ??= at;
    if (mode === 'over' || mode === 'failed') return;
    if (state === 'e') {
      this.endGoingOn(at);
      this.end('ENDED', at);
    } else if (state === 'a' && mode === 'paused') {
      this.endSoughtInPause(at);
    } else if (state === 'a') {
      this.endGoingOn(at);
      this.tell('paused', at);
      this.enter('paused', at);
    } else if (state === 'k') {
      if (mode === 'paused') track.soughtAt ??= at;
      else if (mode !== 'seeking') this.seek(at);
    } else if (mode === 'stalled') {
      if (event === 't') this.beat(at, 0, 'STALLED');
      track.toldTo = at;
    }
  }

  private seek(at: number): void {
    this.endGoingOn(at);
    this.enter('seeking', at);
    this.showLoaded(at);
  }

  /** Ends a stall or a seek after which nothing plays. */
  private endGoingOn(at: number): void {
    if (this.track.mode === 'stalled') this.endStall(at);
    if (this.track.mode === 'seeking') this.endSeek(at);
  }

  private quit(state: CmcdState, at: number, watchedMs: number): void {
    if (this.track.mode === 'failed') this.endFailed(this.track.since);
    else {
      this.endGoingOn(at);
      this.end('QUIT', at, this.watched(watchedMs));
    }
    if (state === 's') this.again(at);
  }

  /** Gets ready for another view in the same run, as the source was changed. */
  private again(at: number): void {
    const { track } = this;
    delete track.hasView;
    delete track.askedAt;
    track.coming = [];
    // Most players count anew then, and say there that they start.
    this.enter('starting', at);
  }

  private fail(at: number, arrivedAt: number): void {
    const { track } = this;
    if (track.mode === 'failed' || track.mode === 'over') return;
    if (track.hasView === undefined && track.askedAt === undefined) return;
    this.endGoingOn(at);
    this.enter('failed', at);
    track.failedBy = arrivedAt;
  }

  private noteError({ event, state, errorCode, at }: CmcdReport): void {
    const { track } = this;
    const isError = event === 'e' || state === 'f' || (event === 'rr' && errorCode !== undefined);
    const isConcerned = track.hasView !== undefined || track.askedAt !== undefined;
    if (!isError || !isConcerned || track.mode === 'over') return;
    track.errorCode ??= errorCode ?? '';
    track.erredAt = Math.max(at, track.erredAt ?? at);
  }
}
