import { isPassing, type AskError } from './ask.js';
import type { Parts, Question } from './document.js';
import type { HeadAnswer, ViewersNowAnswer } from './parts.js';
import { heard, type Heard } from './stream.js';

/** What came of a question. It is never changed, only replaced. */
export interface Known {
  /** The name of the question that the data answers. */
  readonly name: string;
  /** The question with its values as they were sent. */
  readonly question: Question;
  readonly data: object;
  /** What failed, by the name of the part. */
  readonly errors: Readonly<Record<string, AskError>>;
  /** When the last answer came, on the clock of `performance`, and how long it took, in ms. */
  readonly atMs: number;
  readonly durationMs: number;
  /** When all of it was asked last, on the same clock, and what the stream had said by then. */
  readonly wholeMs: number;
  readonly heard: Heard | undefined;
}

const KEPT_MAX = 60;
/** How long an answer is as good as a new one, in milliseconds. */
const KEPT_MS = 30_000;
const kept = new Map<string, Known>();

/** Keeps an answer for those who come back to its question. */
export function keep(known: Known): void {
  kept.delete(known.name);
  kept.set(known.name, known);
  const [eldest] = kept.keys();
  if (kept.size > KEPT_MAX && eldest !== undefined) kept.delete(eldest);
}

/** Returns the kept answer to a question. */
export const keptFor = (name: string): Known | undefined => kept.get(name);

/** Says whether an answer came a moment ago, so that nobody has to ask again. */
export const isRecent = ({ wholeMs }: Known): boolean => performance.now() - wholeMs < KEPT_MS;

/** The part that is of now, whatever the range. */
export const NOW = 'live';

/**
 * The parts that may have another answer by now: those whose range is over do not, but who watches
 * does. A part without a range goes along with `range`.
 */
export function partsAgain({ question: { parts, variables }, data, errors }: Known): Parts {
  const { freshness } = data as Partial<HeadAnswer>;
  if (freshness === undefined || Object.values(errors).some(isPassing)) return parts;
  const isOver = (text: string): boolean => {
    const [, name = 'range'] = /\brange: \$(\w+)/.exec(text) ?? [];
    const { to } = (variables[name] ?? {}) as { readonly to?: string };
    return to !== undefined && Date.parse(freshness.asOf) >= Date.parse(to);
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([name, text]) => name === NOW || !isOver(text)),
  );
}

export const ofNow = (parts: Parts): Parts =>
  Object.fromEntries(Object.entries(parts).filter(([name]) => name === NOW));

/**
 * Says whether only who watches was asked again: the other numbers are as old as before, and of
 * the same range.
 */
export const isLook = (known: Known, parts: Parts): boolean =>
  Object.keys(parts).length < Object.keys(partsAgain(known)).length;

export const lookIn = ({ data }: Known): Partial<ViewersNowAnswer> => {
  const { live } = data as Partial<ViewersNowAnswer>;
  return live === undefined ? {} : { live };
};

/**
 * Says whether the server has counted something since. Each word of a stream is news but its
 * first one, which says how things are: that is held against what the answer says of itself.
 */
export function hasNews({ data, heard: before }: Known): boolean {
  const now = heard.peek();
  if (now === undefined) return false;
  if (now.stream === before?.stream) return now.words !== before.words;
  const { freshness } = data as Partial<HeadAnswer>;
  return now.words > 0 || now.position !== freshness?.position;
}
