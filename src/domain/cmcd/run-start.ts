import { STARTUP_MS_MAX } from '../checked-report.js';
import { SECOND_MS } from '../time.js';
import type { CmcdReport, CmcdState } from './cmcd-report.js';
import { RunDraft } from './run-draft.js';

/**
 * Says whether a player reports that it starts even when it only loads, by its first report. That
 * one has no state; if it is lost, the next one has the length of the buffer, which those that mean
 * it do not know yet.
 */
const loadsFirst = ({ state, bufferMs }: CmcdReport, isCutOff: boolean): boolean =>
  state === undefined || (isCutOff && state === 's' && bufferMs !== undefined);

/**
 * Says whether a player may report that it plays when it only loads, by the first report that is
 * not lost: such a player never knows the length of its buffer.
 */
const mayOnlyPreload = ({ state, bufferMs }: CmcdReport): boolean =>
  state === 'r' && bufferMs === undefined;

/**
 * The time in milliseconds for which a page may say that it plays before it does, as a slow machine
 * takes to show the first frame. A page that says so for longer was idle.
 */
const IDLE_MS_MIN = SECOND_MS;

/** Follows a run until it proves a view: what its player says then, and what it means by it. */
export class RunStart extends RunDraft {
  protected noteFirst(report: CmcdReport, isAfterGap: boolean): void {
    const { track } = this;
    const { at, number = 0 } = report;
    if (track.firstAt !== undefined) return;
    track.firstAt = at;
    track.toldTo = at;
    const isCutOff = isAfterGap && number > 0;
    if (loadsFirst(report, isCutOff)) track.isLoadFirst = true;
    if (isCutOff && !mayOnlyPreload(report)) track.isCutOff = true;
  }

  /** Begins a view if the run proves that there is one. */
  protected begin(at: number): void {
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
  }

  /**
   * Notes the time to the first frame. It proves a view if the player says that it plays as soon as
   * it could, or reports no states. It proves only a wish to play if the player says that it starts
   * when it loads.
   */
  protected noteStartup(report: CmcdReport): void {
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
      track.toldTo = startedAt;
      this.enter('present', startedAt);
      return;
    }
    if (mode !== 'unproven') return;
    const wasIdle = startedAt - since > IDLE_MS_MIN;
    this.start(startedAt, wasIdle ? undefined : track.startupMs);
    this.playOn(Math.max(startedAt, since));
  }

  protected beforeView(state: CmcdState, at: number): void {
    const { track } = this;
    const { mode } = track;
    if (state === 's') this.want(at);
    if (state === 'd') track.isPreloaded = true;
    // Where it starts because somebody wants to play, it says so by the time to the first frame.
    if (state === 'r' && mode === 'starting') this.ask(at);
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
}
