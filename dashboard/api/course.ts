import { signal } from '@preact/signals';
import { askParts, isPassing, type AskError } from './ask.js';
import { settled, type Parts, type Question } from './document.js';
import { keyHeaders, noteRefusal, refusal } from './key.js';
import { hasNews, isLook, isRecent, keep, keptFor, lookIn, NOW } from './known.js';
import { ofNow, partsAgain, type Known } from './known.js';
import { HEAD, type FiguresAnswer, type HeadAnswer, type ViewersNowAnswer } from './parts.js';
import { beginAsking } from './readiness.js';
import { compared, server } from './server.js';
import { heard, isLost, moved, takeFreshness, unfollowed, wakeStream } from './stream.js';

/** How soon an answer is asked for again once the server has counted something new. */
export interface Follow {
  /** The least time between two questions, in milliseconds. */
  readonly everyMs: number;
  /** And so many times as long as the last answer took. */
  readonly timesDuration: number;
}

export const FIGURES: Follow = { everyMs: 5_000, timesDuration: 0 };
export const TABLES: Follow = { everyMs: 30_000, timesDuration: 20 };
export const AT_ONCE: Follow = { everyMs: 500, timesDuration: 0 };

/** When numbers last came, from an answer or a stream, in epoch milliseconds. */
export const answeredAt = signal(0);
/** Says whether the server is out of reach. */
export const isOffline = signal(false);

/** A question as it is wanted, and the name that tells it from others. */
export interface Wanted {
  readonly name: string;
  readonly question: Question;
  /** Undefined: it is never asked again by itself. */
  readonly follow: Follow | undefined;
}

const OFFLINE_RETRY_SECONDS = 5;
/** Viewers leave without an event, by the server's window: so many times in it they are counted. */
const LOOKS = 3;
const WINDOW_SECONDS = 75;

/**
 * Asks one question after another for one place of a page. There is one request at a time, and
 * only the answer to the last one counts: another question breaks the one before off. Whatever may
 * be asked again by itself waits for one timer.
 */
export class Course {
  known: Known | undefined;
  private wanted: Wanted | undefined;
  private running: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the tab was hidden since the last answer: what happened meanwhile is not known. */
  private wasHidden = false;

  constructor(private readonly draw: () => void) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Takes another question; what was answered a moment ago is not asked again. */
  want(wanted: Wanted): void {
    this.stop();
    this.wanted = wanted;
    const early = keptFor(wanted.name);
    if (early !== undefined) this.known = early;
    else if (this.known !== undefined) this.known = { ...this.known, errors: {} };
    if (early === undefined || !isRecent(early)) this.ask();
    else this.plan();
    this.draw();
  }

  /** Asks now. */
  readonly retry = (): void => {
    this.ask();
    this.draw();
  };

  /** Asks now what failed because the server was out of reach. */
  readonly wake = (): void => {
    if (document.hidden) return;
    if (Object.values(this.known?.errors ?? {}).some(isPassing)) this.retry();
  };

  /** Breaks off what is asked, and plans no more. */
  stop(): void {
    clearTimeout(this.timer);
    this.running?.();
    this.running = undefined;
  }

  /**
   * Plans when to ask again; called whenever there may be another reason to. While the tab is
   * hidden it plans nothing; when the tab is seen again, it asks once.
   */
  readonly plan = (): void => {
    clearTimeout(this.timer);
    this.wasHidden ||= document.hidden;
    const { known } = this;
    if (known === undefined || this.running !== undefined || document.hidden) return;
    const next = this.next(known);
    if (next === undefined || Object.keys(next.parts).length === 0) return;
    const restMs = Math.max(0, known.atMs + next.waitMs - performance.now());
    this.timer = setTimeout(() => {
      this.ask(known.name === this.wanted?.name ? next.parts : undefined);
      this.draw();
    }, restMs);
  };

  /** Says what is asked again, and how long after the answer; undefined: nothing, as things are. */
  private next(known: Known): { readonly parts: Parts; readonly waitMs: number } | undefined {
    const errors = Object.values(known.errors);
    const passing = errors.filter(isPassing);
    const parts = partsAgain(known);
    if (passing.length > 0) {
      const failed = Object.keys(parts).filter((name) => name in known.errors);
      const isOfNow = failed.every((name) => name === NOW);
      const retryMs = Math.max(...passing.map(retrySeconds)) * 1_000;
      return { parts: isOfNow ? ofNow(parts) : parts, waitMs: retryMs };
    }
    const follow = this.wanted?.follow;
    if (follow === undefined) return undefined;
    if (this.wasHidden || hasNews(known)) {
      // What failed may be well again, but each try may cost as much as it did.
      return { parts, waitMs: waitMs(errors.length > 0 ? TABLES : follow, known) };
    }
    // Where no stream tells of news, there may be some.
    if (unfollowed.peek() !== undefined && !isLost.peek()) {
      return { parts, waitMs: waitMs(TABLES, known) };
    }
    const { live } = known.data as Partial<ViewersNowAnswer>;
    const windowMs = (server.peek()?.liveWindowSeconds ?? WINDOW_SECONDS) * 1_000;
    return live !== undefined && live.viewers > 0
      ? { parts: ofNow(parts), waitMs: windowMs / LOOKS }
      : undefined;
  }

  private ask(parts: Parts | undefined = this.wanted?.question.parts): void {
    const { wanted } = this;
    if (wanted === undefined || parts === undefined) return;
    this.stop();
    this.wasHidden = false;
    const isAgain = this.known?.name === wanted.name;
    const abort = new AbortController();
    const end = beginAsking();
    const began = { atMs: performance.now(), heard: heard.peek() };
    const question = settled(wanted.question, Date.now());
    const { freshness } = HEAD;
    const asked = {
      // It comes first: what else is in the answer is as fresh, or fresher.
      parts: wanted.follow === undefined ? parts : { freshness, ...parts },
      variables: question.variables,
    };
    this.running = () => {
      abort.abort();
      end();
    };
    askParts(asked, {
      headers: keyHeaders(),
      readAfter: isAgain ? moved.peek()?.position : undefined,
      signal: abort.signal,
    })
      .then(({ data, errors }) => {
        if (abort.signal.aborted) return;
        const atMs = performance.now();
        const times = { atMs, wholeMs: atMs, durationMs: atMs - began.atMs, heard: began.heard };
        this.running = undefined;
        this.take({ name: wanted.name, question, data, errors, ...times }, parts);
        this.plan();
        this.draw();
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) throw error;
      })
      .finally(end);
  }

  /** Takes an answer. Old numbers stay where none came instead, but not as if they were its. */
  private take(came: Known, parts: Parts): void {
    const { known } = this;
    const hasNone = Object.keys(came.data).length === 0;
    const [error] = Object.values(came.errors);
    note(came.data, error);
    if (known?.name === came.name) {
      const notAsked = Object.entries(known.errors).filter(([name]) => !(name in parts));
      const errors = { ...Object.fromEntries(notAsked), ...came.errors };
      this.known = isLook(known, parts)
        ? { ...known, atMs: came.atMs, data: { ...known.data, ...lookIn(came) }, errors }
        : {
            ...came,
            question: hasNone ? known.question : came.question,
            data: { ...known.data, ...came.data },
            errors,
          };
    } else if (hasNone && error?.code === 'OFFLINE') {
      // The last numbers, which are of another question.
      this.known = { ...came, name: '', data: {}, ...pick(known) };
    } else this.known = came;
    if (Object.keys(this.known.errors).length === 0) keep(this.known);
  }
}

/** What stays of the answer to another question while the server is out of reach. */
const pick = (known: Known | undefined): Partial<Known> =>
  known === undefined ? {} : { name: known.name, question: known.question, data: known.data };

const waitMs = ({ everyMs, timesDuration }: Follow, { durationMs }: Known): number =>
  Math.max(everyMs, timesDuration * durationMs);

/** How long to wait with what passes by itself. */
export const retrySeconds = ({ code, retryAfterSeconds = 1 }: AskError): number =>
  code === 'OFFLINE' ? OFFLINE_RETRY_SECONDS : retryAfterSeconds;

/** Notes what an answer says of the key, of the server and its reach, and what it compares. */
function note(data: Partial<HeadAnswer & FiguresAnswer>, error: AskError | undefined): void {
  isOffline.value = error?.code === 'OFFLINE';
  if (!isOffline.value) wakeStream();
  if (Object.keys(data).length > 0) answeredAt.value = Date.now();
  if (error === undefined) refusal.value = undefined;
  else noteRefusal(error.code);
  if (data.server !== undefined) server.value = data.server;
  if (data.figures !== undefined) compared.value = data.figures.previousPeriod;
  if (data.freshness !== undefined) takeFreshness(data.freshness);
}
