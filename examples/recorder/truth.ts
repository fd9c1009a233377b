import type { Note } from './note.js';

/** A time in which something did not go on; open where the page went before it was over. */
export interface Stretch {
  readonly ms: number;
  readonly isOpen: boolean;
}

/** What a media element did; milliseconds. */
export interface Truth {
  readonly views: number;
  /** Views, and wishes to play that came to nothing. */
  readonly attempts: number;
  /** Views that came to the end of their title. */
  readonly completions: number;
  readonly failures: number;
  /** From the wish to play to the first `playing`, of the first view. */
  readonly startupMs: number | undefined;
  /** From each `playing` to what ended it: what the states that a player reports can tell. */
  readonly stateMs: number;
  /** The media that went by, at its own rate: what the picture showed. */
  readonly playingMs: number;
  readonly stalls: readonly Stretch[];
  readonly seeks: readonly Stretch[];
  readonly pauses: readonly Stretch[];
  /** Whether every view came to its end, and so nothing was torn off. */
  readonly isFinished: boolean;
  /** The longest time between two looks since it was to play: a busy machine has long ones. */
  readonly blindMs: number;
}

/** More between two looks is a jump of the position. */
const STEP_SECONDS_MAX = 1;
/** The end of a loop and its beginning are no further from each other. */
const LOOP_SECONDS = 1;
/** Longer than any two looks are apart where nothing is amiss. */
const LOOK_MS_MAX = 250;

type State = 'idle' | 'starting' | 'playing' | 'stalled' | 'sought' | 'paused' | 'ended' | 'over';

interface Reading {
  /** Whether wanting to play is the element's `play` alone, and not the page's loading for it. */
  readonly isWishOfElement?: boolean;
  /** Whether a view is over once its player gave up and nothing moves any more. */
  readonly endsAtFailure?: boolean;
  /** Whether a loop is the end of a title, and no seek. */
  readonly endsAtLoop?: boolean;
}

/** Works out what happened from what was noted, in its order. */
export function truthOf(notes: readonly Note[], reading: Reading = {}): Truth {
  const story = new Story(reading);
  for (const note of notes) story.add(note);
  return story.truth();
}

class Story {
  private state: State = 'idle';
  private since = 0;
  private last: Note | undefined;
  private askedAt: number | undefined;
  private pausedSeekAt: number | undefined;
  private isWished = false;
  private isCompleted = false;
  private hasFailed = false;
  private readonly told = {
    ...{ views: 0, attempts: 0, completions: 0, failures: 0, stateMs: 0, playingMs: 0, blindMs: 0 },
    startupMs: undefined as number | undefined,
    stalls: [] as Stretch[],
    seeks: [] as Stretch[],
    pauses: [] as Stretch[],
  };

  constructor(private readonly reading: Reading) {}

  add(note: Note): void {
    this.watch(note);
    this.takeIn(note);
    this.last = note;
  }

  truth(): Truth {
    const isFinished = this.state === 'ended' && this.told.completions === this.told.views;
    return { ...this.told, isFinished };
  }

  private takeIn(note: Note): void {
    const { name, at } = note;
    if (name === 'request' || name === 'load') this.begin(note);
    else if (name === 'play' || (name === 'loadstart' && note.autoplay && note.paused)) {
      this.wish(at);
    } else if (name === 'playing') this.play(at);
    else if (name === 'waiting') {
      if (this.state === 'playing' && !note.seeking) this.stop('stalled', at);
    } else if (name === 'seeking') this.seek(note);
    else if (name === 'seeked') this.endPausedSeek(at);
    else if (name === 'pause') {
      const isHeld = ['playing', 'stalled', 'sought'].includes(this.state);
      if (isHeld && !note.ended) this.stop('paused', at);
    } else if (name === 'ended') this.complete(at);
    else if (name === 'failed' || name === 'error') this.fail(at);
    else if (name === 'emptied') this.turn('over', at);
    // What ended stays so.
    else if (name === 'gone' && this.state !== 'ended') this.turn('over', at);
  }

  private begin({ name, at }: Note): void {
    this.turn('idle', at);
    const isAsked = name === 'request' && this.reading.isWishOfElement !== true;
    this.askedAt = isAsked ? at : undefined;
    this.isWished = false;
    this.isCompleted = false;
    this.hasFailed = false;
    if (isAsked) this.wish(at);
  }

  private wish(at: number): void {
    if (this.isWished || (this.state !== 'idle' && this.state !== 'over')) return;
    this.askedAt ??= at;
    this.isWished = true;
    this.told.attempts += 1;
    this.state = 'starting';
  }

  private play(at: number): void {
    if (['idle', 'starting', 'over'].includes(this.state)) {
      this.wish(at);
      this.told.views += 1;
      if (this.told.views === 1) this.told.startupMs = at - (this.askedAt ?? at);
    }
    this.turn('playing', at);
  }

  private seek(note: Note): void {
    if (this.state === 'paused') this.pausedSeekAt ??= note.at;
    if (!['playing', 'stalled', 'ended'].includes(this.state)) return;
    const isLoop =
      note.loop &&
      note.position < LOOP_SECONDS &&
      (note.duration ?? 0) - (this.last?.position ?? 0) < LOOP_SECONDS;
    if (isLoop && this.reading.endsAtLoop === true) this.countCompletion();
    this.turn('sought', note.at);
  }

  private endPausedSeek(at: number): void {
    if (this.pausedSeekAt === undefined) return;
    this.told.seeks.push({ ms: at - this.pausedSeekAt, isOpen: false });
    this.pausedSeekAt = undefined;
  }

  private complete(at: number): void {
    this.countCompletion();
    this.turn('ended', at);
  }

  private countCompletion(): void {
    if (!this.isCompleted) this.told.completions += 1;
    this.isCompleted = true;
  }

  private fail(at: number): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.told.failures += 1;
    if (this.reading.endsAtFailure === true && this.state !== 'playing') this.turn('over', at);
  }

  private stop(state: State, at: number): void {
    this.turn(this.hasFailed && this.reading.endsAtFailure === true ? 'over' : state, at);
  }

  /** Ends a state, whose time counts for what it was. */
  private turn(state: State, at: number): void {
    const ms = at - this.since;
    const isOpen = state === 'over' || state === 'idle';
    if (this.state === 'playing') this.told.stateMs += ms;
    if (this.state === 'stalled') this.told.stalls.push({ ms, isOpen });
    if (this.state === 'sought') this.told.seeks.push({ ms, isOpen });
    if (this.state === 'paused') this.told.pauses.push({ ms, isOpen });
    this.state = state;
    this.since = at;
  }

  /** Counts the media that went by since the last look. */
  private watch(note: Note): void {
    const { last } = this;
    if (last === undefined || ['idle', 'ended', 'over'].includes(this.state)) return;
    const goneMs = note.at - last.at;
    this.told.blindMs = Math.max(this.told.blindMs, goneMs);
    if (this.state !== 'playing') return;
    const shownMs = ((note.position - last.position) * 1_000) / last.rate;
    const isJump = note.name === 'seeking' || shownMs < 0 || shownMs > STEP_SECONDS_MAX * 1_000;
    this.told.playingMs += isJump ? Math.min(goneMs, LOOK_MS_MAX) : shownMs;
  }
}
