import { signal } from '@preact/signals';
import { askParts, isPassing, type AskError } from './ask.js';
import { settled, type Parts, type Question } from './document.js';
import { key, keyHeaders, refusal } from './key.js';
import { HEAD, type HeadAnswer, type ViewersNowAnswer } from './parts.js';
import { beginAsking } from './readiness.js';
import { server } from './server.js';
import { heard, moved, takeFreshness, type Heard } from './stream.js';

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

/** When an answer last came, in epoch milliseconds. */
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

/** What came of a question. It is never changed, only replaced. */
export interface Known {
  /** The name of the question that the data answers. */
  readonly name: string;
  /** The question with its values as they were sent. */
  readonly question: Question;
  readonly data: object;
  /** What failed, by the name of the part. */
  readonly errors: Readonly<Record<string, AskError>>;
  /** When it came, on the clock of `performance`, and how long it took, in milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
  /** What the stream had said when it was asked. */
  readonly heard: Heard | undefined;
}

const KEPT_MAX = 60;
const KEPT_MS = 30_000;
const OFFLINE_RETRY_SECONDS = 5;
/** The part that is of now, whatever the range. */
const NOW = 'live';
/** Viewers leave without an event, by the server's window: so many times in it they are counted. */
const LOOKS = 3;
const WINDOW_SECONDS = 75;
const kept = new Map<string, Known>();

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

  constructor(private readonly draw: () => void) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Takes another question; what was answered a moment ago is not asked again. */
  want(wanted: Wanted): void {
    this.stop();
    this.wanted = wanted;
    const early = kept.get(wanted.name);
    if (early !== undefined) this.known = early;
    else if (this.known !== undefined) this.known = { ...this.known, errors: {} };
    if (early === undefined || performance.now() - early.atMs >= KEPT_MS) this.ask();
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
    if (Object.values(this.known?.errors ?? {}).some(isPassing)) this.retry();
  };

  /** Breaks off what is asked, and plans no more. */
  stop(): void {
    clearTimeout(this.timer);
    this.running?.();
    this.running = undefined;
  }

  /** Plans when to ask again; called whenever there may be another reason to. */
  readonly plan = (): void => {
    clearTimeout(this.timer);
    const { known } = this;
    if (known === undefined || this.running !== undefined) return;
    const waitMs = this.waitMs(known);
    if (waitMs === undefined) return;
    const restMs = Math.max(0, known.atMs + waitMs - performance.now());
    this.timer = setTimeout(() => {
      this.ask(known.name === this.wanted?.name ? partsAgain(known) : undefined);
      this.draw();
    }, restMs);
  };

  /** How long after an answer it is asked again; undefined: not as things are. */
  private waitMs(known: Known): number | undefined {
    const errors = Object.values(known.errors);
    const passing = errors.filter(isPassing);
    if (passing.length > 0) return Math.max(...passing.map(retrySeconds)) * 1_000;
    const follow = this.wanted?.follow;
    if (follow === undefined || Object.keys(partsAgain(known)).length === 0) return undefined;
    if (hasNews(known)) {
      // What failed may be well again, but each try may cost as much as it did.
      const { everyMs, timesDuration } = errors.length > 0 ? TABLES : follow;
      return Math.max(everyMs, timesDuration * known.durationMs);
    }
    const { live } = known.data as Partial<ViewersNowAnswer>;
    const windowMs = (server.peek()?.liveWindowSeconds ?? WINDOW_SECONDS) * 1_000;
    return live !== undefined && live.viewers > 0 ? windowMs / LOOKS : undefined;
  }

  private ask(parts: Parts | undefined = this.wanted?.question.parts): void {
    const { wanted } = this;
    if (wanted === undefined || parts === undefined) return;
    this.stop();
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
        const times = { atMs, durationMs: atMs - began.atMs, heard: began.heard };
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
      this.known = {
        ...came,
        question: hasNone ? known.question : came.question,
        data: { ...known.data, ...came.data },
        errors: { ...Object.fromEntries(notAsked), ...came.errors },
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

const retrySeconds = ({ code, retryAfterSeconds = 1 }: AskError): number =>
  code === 'OFFLINE' ? OFFLINE_RETRY_SECONDS : retryAfterSeconds;

/** The parts that may have another answer by now: of a range that is over, none but who watches. */
function partsAgain({ question: { parts, variables }, data, errors }: Known): Parts {
  const { freshness } = data as Partial<HeadAnswer>;
  const { to } = (variables.range ?? {}) as { readonly to?: string };
  const isOver =
    freshness !== undefined && to !== undefined && Date.parse(freshness.asOf) >= Date.parse(to);
  if (!isOver || Object.values(errors).some(isPassing)) return parts;
  return Object.fromEntries(Object.entries(parts).filter(([name]) => name === NOW));
}

/**
 * Says whether the server has counted something since. Each word of a stream is news but its
 * first one, which says how things are: that is held against what the answer says of itself.
 */
function hasNews({ data, heard: before }: Known): boolean {
  const now = heard.peek();
  if (now === undefined) return false;
  if (now.stream === before?.stream) return now.words !== before.words;
  const { freshness } = data as Partial<HeadAnswer>;
  return now.words > 0 || now.position !== freshness?.position;
}

/** Notes what an answer says of the key, of the server, and of its being in reach. */
function note(data: Partial<HeadAnswer>, error: AskError | undefined): void {
  isOffline.value = error?.code === 'OFFLINE';
  if (!isOffline.value) answeredAt.value = Date.now();
  if (error?.code === 'UNAUTHENTICATED') refusal.value = key.peek() === '' ? 'asked' : 'wrong';
  else if (error?.code === 'FORBIDDEN') refusal.value = 'forbidden';
  else if (error === undefined) refusal.value = undefined;
  if (data.server !== undefined) server.value = data.server;
  if (data.freshness !== undefined) takeFreshness(data.freshness);
}

function keep(known: Known): void {
  kept.delete(known.name);
  kept.set(known.name, known);
  const [eldest] = kept.keys();
  if (kept.size > KEPT_MAX && eldest !== undefined) kept.delete(eldest);
}
