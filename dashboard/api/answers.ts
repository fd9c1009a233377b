import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { AskError } from './ask.js';
import { Course, type Follow } from './course.js';
import { settled, type Question } from './document.js';
import { key } from './key.js';
import type { FiguresAnswer } from './parts.js';
import type { Period } from './schema.js';
import { heard, unfollowed } from './stream.js';

/** The period that the page's figures are compared with; null: none. */
export const comparedWith = signal<Period | null>(null);

/** What is known of a question so far. */
export interface Answer<Data> {
  readonly isAsking: boolean;
  /** The last answer, which stays while a new one is awaited. */
  readonly data: Partial<Data> | undefined;
  /** What failed, by the name of the part. */
  readonly errors: Readonly<Record<string, AskError>>;
  /** The question that the data answers, with its values. */
  readonly question: Question;
  readonly retry: () => void;
}

/**
 * Asks a question, and again when it changes, when the key does, and as `follow` says when the
 * server has counted something new, but not while the tab is hidden; undefined: never by itself.
 * A range that goes along with the
 * clock is the same question as before.
 */
export function useAnswer<Data extends object>(
  question: Question,
  follow: Follow | undefined,
): Answer<Data> {
  const name = JSON.stringify([question.parts, question.variables, key.value]);
  const [, render] = useState({});
  const [course] = useState(
    () =>
      new Course(() => {
        render({});
      }),
  );
  // Before the browser paints, so that nobody takes the page for ready in between.
  useLayoutEffect(() => {
    course.want({ name, question, follow });
  }, [name]);
  useEffect(() => {
    const deafen = heard.subscribe(course.plan);
    const ignore = unfollowed.subscribe(course.plan);
    addEventListener('online', course.wake);
    document.addEventListener('visibilitychange', course.plan);
    return () => {
      deafen();
      ignore();
      removeEventListener('online', course.wake);
      document.removeEventListener('visibilitychange', course.plan);
      course.stop();
    };
  }, []);
  const { known } = course;
  const before = (known?.data as Partial<FiguresAnswer> | undefined)?.figures?.previousPeriod;
  useLayoutEffect(() => {
    if (before !== undefined) comparedWith.value = before;
  }, [before]);
  return {
    isAsking: course.isRunning || known?.name !== name,
    data: known?.data,
    errors: known?.errors ?? {},
    question: known?.question ?? settled(question, Date.now()),
    retry: course.retry,
  };
}
