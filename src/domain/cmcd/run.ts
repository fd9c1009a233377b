import { DAY_MS, MINUTE_MS } from '../time.js';
import type { CmcdReport, CmcdState } from './cmcd-report.js';
import { RunStart } from './run-start.js';

/** Says whether a state means that the player loads another source, or none any more. */
const isLeaving = (state: CmcdState | undefined): state is 's' | 'q' | 'd' =>
  state === 's' || state === 'q' || state === 'd';

/**
 * The time in milliseconds for which a response that failed counts: most are asked for again. What
 * the player itself calls an error counts until it recovers.
 */
const FAILED_RESPONSE_MS_MAX = MINUTE_MS;

/** Follows a run from report to report, each in its turn. */
export class Run extends RunStart {
  /** Takes a report in its place; `arrivedAt` is by the server's clock. */
  take(report: CmcdReport, arrivedAt: number, isAfterGap: boolean): void {
    if (report.event === 'rr') {
      this.takeResponse(report);
      return;
    }
    delete this.track.alive;
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
    this.closeAlive();
    if (track.failedBy !== undefined) this.endFailing();
    const isBegun = track.hasView !== undefined || track.askedAt !== undefined;
    if (!isBegun || track.mode === 'over') return;
    if (track.mode === 'stalled') this.endStall(track.toldTo);
    this.end('QUIT', at);
  }

  /** Ends what can be ended after a long silence; the session's timeout ends the rest. */
  finish(): void {
    const { track } = this;
    this.closeAlive();
    const { mode, hasView, askedAt, since, erredAt = -Infinity } = track;
    if (track.failedBy !== undefined) {
      this.endFailing();
      return;
    }
    const at = Math.max(track.toldTo, track.clockAt);
    if (mode === 'stalled') this.endStall(track.toldTo);
    const isStuck = mode === 'stalled' || mode === 'seeking';
    const hasNotBegun = hasView === undefined && askedAt !== undefined && mode !== 'over';
    const hasErred = track.isError === true || since - erredAt <= FAILED_RESPONSE_MS_MAX;
    if ((isStuck && erredAt >= 0 && hasErred) || (hasNotBegun && erredAt >= 0)) {
      this.endFailed(at);
    } else if (track.isHidden && hasView && mode !== 'over') this.end('QUIT', at);
    else if (mode === 'stalled') this.enter('waiting', at);
  }

  private noteState(report: CmcdReport, arrivedAt: number, isAfterGap: boolean): void {
    const { track } = this;
    const { state, at } = report;
    if (state !== undefined) track.hasStates = true;
    if (track.mode === 'present' && report.event === 't') this.beat(at, 0);
    if (state === undefined) return;
    if (state === 'f') {
      this.fail(report, arrivedAt, isAfterGap);
      return;
    }
    const hasFailed = track.failedBy !== undefined && track.hasView === true;
    if (hasFailed && isLeaving(state)) this.endFailing();
    if (hasFailed) delete track.failedBy;
    // That it begins to play says that it did not before.
    const beginsAnew = hasFailed && state === 'p';
    if (track.mode === 'playing' && !beginsAnew) this.playing(report, isAfterGap);
    else if (state === 'p') this.play(report, isAfterGap);
    else if (track.hasView === undefined) this.beforeView(state, at);
    else this.inView(state, report);
  }

  /** Takes a report of a player that played so far. */
  private playing(report: CmcdReport, isAfterGap: boolean): void {
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
      if (state === 'w') this.enter('waiting', at);
      if (state === 'k') this.seek(at);
    }
  }

  /** Goes on playing after any other mode. */
  private play({ at, event }: CmcdReport, isAfterGap: boolean): void {
    const { track } = this;
    const { mode, hasView } = track;
    // It may have begun to play long before it says so, if the report of that is missing.
    const isKnown = !isAfterGap || event === 'ps';
    if (hasView === undefined) {
      this.begin(at);
      return;
    }
    if (mode === 'stalled') this.endStall(isKnown ? at : track.toldTo);
    if (!isKnown) this.endUnseen(at);
    else if (mode === 'seeking') this.endSeek(at);
    else if (mode === 'paused') this.endPause(at);
    if (mode === 'over') this.playAgain(at);
    this.playOn(at);
  }

  /** Ends a seek or a pause whose length is not known. */
  private endUnseen(at: number): void {
    const { track } = this;
    if (track.mode === 'seeking' || track.soughtAt !== undefined) this.tell('seeked', at);
    if (track.mode === 'paused') this.tell('resumed', at);
    delete track.soughtAt;
  }

  /** Continues a view after its end, perhaps after a seek to its beginning. */
  private playAgain(at: number): void {
    const { track } = this;
    this.tell('resumed', at);
    if (track.soughtMs !== undefined) this.tell('seeked', at, { durationMs: track.soughtMs });
    delete track.soughtMs;
    this.endSoughtInPause(at);
  }

  /** Takes a state of a view that was not playing. */
  private inView(state: CmcdState, report: CmcdReport): void {
    const { track } = this;
    const { at } = report;
    const { mode } = track;
    if (isLeaving(state)) {
      if (mode === 'over' && state === 's') this.again(at);
      else if (mode !== 'over') this.quit(state, at, 0);
      return;
    }
    if (mode === 'over') {
      this.afterEnd(state, at);
      return;
    }
    if (state === 'e') {
      this.endGoingOn(at);
      this.end('ENDED', at);
    } else if (state === 'a' && mode === 'paused') {
      this.endSoughtInPause(at);
      if (at - (track.keptAt ?? track.since) >= MINUTE_MS) track.keptAt = at;
    } else if (state === 'a') {
      this.endGoingOn(at);
      this.tell('paused', at);
      this.enter('paused', at);
    } else if (state === 'k') {
      if (mode === 'paused') this.seekInPause(at);
      else if (mode !== 'seeking') this.seek(at);
    } else if (mode === 'stalled') {
      this.stallOn(report);
    }
  }

  /** Notes a seek after the end; it is told if the view goes on. */
  private afterEnd(state: CmcdState, at: number): void {
    const { track } = this;
    const { soughtAt } = track;
    if (state === 'k') track.soughtAt ??= at;
    if (soughtAt === undefined || (state !== 'a' && state !== 'e')) return;
    track.soughtMs = Math.min(at - soughtAt, DAY_MS);
    delete track.soughtAt;
  }

  private seekInPause(at: number): void {
    this.track.soughtAt ??= at;
    this.showLoaded(at);
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
    this.endGoingOn(at);
    this.end('QUIT', at, this.watched(watchedMs));
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

  /**
   * Takes a report of a player that says that it failed. Some say so of any error, and play on as
   * long as they have something: what they do next tells.
   */
  private fail(report: CmcdReport, arrivedAt: number, isAfterGap: boolean): void {
    const { track } = this;
    const { mode, failedBy } = track;
    const isBegun = track.hasView !== undefined || track.askedAt !== undefined;
    if (mode === 'over' || !isBegun) return;
    this.noteError(report);
    track.failedBy = arrivedAt;
    if (mode === 'stalled') this.stallOn(report);
    else if (mode === 'playing' && failedBy === undefined) {
      const watchedMs = this.watchUntil(report, isAfterGap);
      if (watchedMs > 0) this.beat(report.at, watchedMs);
    }
  }

  private stallOn({ event, at }: CmcdReport): void {
    if (event === 't') this.beat(at, 0, 'STALLED');
    this.track.toldTo = at;
  }

  private noteError({ event, state, errorCode, at }: CmcdReport): void {
    const { track } = this;
    const isFirst = state === 'f' && track.failedBy === undefined;
    const isError = event === 'e' || isFirst || (event === 'rr' && errorCode !== undefined);
    const isConcerned = track.hasView !== undefined || track.askedAt !== undefined;
    if (!isError || !isConcerned || track.mode === 'over') return;
    // Some players say that they failed before they say why.
    if ((track.errorCode ?? '') === '' && errorCode !== undefined) track.errorCode = errorCode;
    track.erredAt = Math.max(at, track.erredAt ?? at);
    if (event !== 'rr') track.isError = true;
  }
}
