import { computed, effect, signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { askParts, isPassing, type AskError } from './ask.js';
import type { Question } from './document.js';
import { key, keyHeaders, refusal } from './key.js';
import type { Freshness, Server } from './schema.js';
import { server } from './server.js';
import { moved } from './stream.js';

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

/** What is known of a question so far. */
export interface Answer<Data> {
  readonly isAsking: boolean;
  /** The last answer, which stays while a new one is awaited. */
  readonly data: Partial<Data> | undefined;
  /** What failed, by the name of the part. */
  readonly errors: Readonly<Record<string, AskError>>;
  readonly question: Question;
  readonly retry: () => void;
}

interface Kept {
  readonly data: object;
  readonly atMs: number;
}

const KEPT_MAX = 60;
const KEPT_MS = 30_000;
const OFFLINE_RETRY_SECONDS = 5;
const kept = new Map<string, Kept>();

/** What is being asked now; the page is ready while that is nothing. */
const asking = signal(0);
/** When an answer last came, in epoch milliseconds. */
export const answeredAt = signal(0);
/** Says whether the server is out of reach. */
export const isOffline = signal(false);
const isBusy = computed(() => asking.value > 0);

/** Marks the document as ready while nothing is asked. */
export function markReadiness(): void {
  effect(() => {
    const { dataset } = document.documentElement;
    if (isBusy.value) {
      delete dataset.ready;
      return;
    }
    const timer = setTimeout(() => {
      dataset.ready = '';
    });
    return () => {
      clearTimeout(timer);
    };
  });
}

/** Counts as being asked until the function that it returns is called. */
export function beginAsking(): () => void {
  asking.value += 1;
  let isOver = false;
  return () => {
    if (!isOver) asking.value -= 1;
    isOver = true;
  };
}

/** What a component knows of its question, from one drawing to the next. */
interface Course {
  data: object | undefined;
  errors: Readonly<Record<string, AskError>>;
  /** The question that the data answers. */
  name: string;
  /** When the answer came, how long it took, in milliseconds, and how far the server was. */
  atMs: number;
  durationMs: number;
  position: string;
  running: AbortController | undefined;
}

const newCourse = (): Course => ({
  data: undefined,
  errors: {},
  name: '',
  atMs: 0,
  durationMs: 0,
  position: '',
  running: undefined,
});

/**
 * Asks a question, and again when it changes, when the key does, and as `follow` says when the
 * server has counted something new; undefined: never by itself.
 */
export function useAnswer<Data extends object>(
  question: Question,
  follow: Follow | undefined,
): Answer<Data> {
  const name = JSON.stringify([question.parts, question.variables, key.value]);
  const [, render] = useState({});
  const [tries, setTries] = useState(0);
  const { current: course } = useRef(newCourse());
  const draw = (): void => {
    render({});
  };
  const retry = (): void => {
    setTries((count) => count + 1);
  };
  const run = (position?: string): (() => void) =>
    start({ course, question, name, position, draw });
  // Before the browser paints, so that nobody takes the page for ready in between.
  useLayoutEffect(() => {
    const early = kept.get(name);
    if (early !== undefined && tries === 0) {
      Object.assign(course, { data: early.data, errors: {}, name });
      draw();
      if (Date.now() - early.atMs < KEPT_MS) return undefined;
    }
    return run();
  }, [name, tries]);
  useRetries(Object.values(course.errors), retry);
  useFollow(follow, course, run);
  return {
    isAsking: course.running !== undefined || course.name !== name,
    data: course.data,
    errors: course.errors,
    question,
    retry,
  };
}

interface Run {
  readonly course: Course;
  readonly question: Question;
  readonly name: string;
  /** The position that the answer must have come to. */
  readonly position: string | undefined;
  readonly draw: () => void;
}

/** Asks once, and notes the answer; what it returns breaks it off. */
function start({ course, question, name, position, draw }: Run): () => void {
  const abort = new AbortController();
  const end = beginAsking();
  const began = performance.now();
  course.running = abort;
  askParts(question, { headers: keyHeaders(), readAfter: position, signal: abort.signal })
    .then(({ data, errors }) => {
      course.atMs = performance.now();
      course.durationMs = course.atMs - began;
      course.position = position ?? moved.peek()?.position ?? '';
      // Old numbers stay where new ones did not come.
      const hasNone = Object.keys(data).length === 0;
      const before = course.name === name || hasNone ? course.data : undefined;
      Object.assign(course, { data: { ...before, ...data }, errors, name });
      note(name, data, Object.values(errors));
    })
    .catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    })
    .finally(() => {
      if (course.running === abort) course.running = undefined;
      draw();
      end();
    });
  return () => {
    abort.abort();
    end();
  };
}

/** Keeps an answer, and notes what it says of the key and of the server being in reach. */
function note(name: string, data: object, errors: readonly AskError[]): void {
  const [error] = errors;
  isOffline.value = error?.code === 'OFFLINE';
  if (!isOffline.value) answeredAt.value = Date.now();
  if (error?.code === 'UNAUTHENTICATED') refusal.value = key.peek() === '' ? 'asked' : 'wrong';
  else if (error?.code === 'FORBIDDEN') refusal.value = 'forbidden';
  if ('server' in data) server.value = data.server as Server;
  if ('freshness' in data) moved.value = data.freshness as Freshness;
  if (error !== undefined) return;
  refusal.value = undefined;
  kept.delete(name);
  kept.set(name, { data, atMs: Date.now() });
  const [eldest] = kept.keys();
  if (kept.size > KEPT_MAX && eldest !== undefined) kept.delete(eldest);
}

/** Asks again by itself where what failed passes. */
function useRetries(errors: readonly AskError[], retry: () => void): void {
  const passing = errors.filter(isPassing);
  const seconds = Math.max(
    ...passing.map(({ code, retryAfterSeconds }) =>
      code === 'OFFLINE' ? OFFLINE_RETRY_SECONDS : (retryAfterSeconds ?? 1),
    ),
  );
  useEffect(() => {
    if (passing.length === 0) return undefined;
    const timer = setTimeout(retry, seconds * 1_000);
    addEventListener('online', retry);
    return () => {
      clearTimeout(timer);
      removeEventListener('online', retry);
    };
  }, [passing[0]]);
}

/** Asks again once the server has moved on, but no sooner than `follow` allows. */
function useFollow(
  follow: Follow | undefined,
  course: Course,
  run: (position: string) => () => void,
): void {
  const latest = useRef(run);
  latest.current = run;
  const everyMs = follow?.everyMs;
  const timesDuration = follow?.timesDuration ?? 0;
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const askAgain = (): void => {
      timer = undefined;
      const position = moved.peek()?.position ?? '';
      if (position !== course.position && course.running === undefined) latest.current(position);
    };
    const stop = effect(() => {
      const position = moved.value?.position;
      if (position === undefined || position === course.position) return;
      // The first word of the stream is no news: the answer came at about that time.
      if (course.position === '') course.position = position;
      const pauseMs = Math.max(everyMs, timesDuration * course.durationMs);
      const waitMs = Math.max(0, course.atMs + pauseMs - performance.now());
      if (position !== course.position) timer ??= setTimeout(askAgain, waitMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [everyMs, timesDuration]);
}
