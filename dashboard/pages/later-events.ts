import { useLayoutEffect, useState } from 'preact/hooks';
import { ask, AskError, isPassing } from '../api/ask.js';
import { retrySeconds } from '../api/course.js';
import { keyHeaders } from '../api/key.js';
import { beginAsking } from '../api/readiness.js';
import type { TimelineConnection, TimelineEntry } from '../api/schema.js';

const EVENTS = 100;
/** A page of a session's events. */
export const TIMELINE = `timeline(first: ${String(EVENTS)}, after: $after) { totalCount
  pageInfo { hasNextPage endCursor }
  edges { node { at recordedAt type quality duration bytes detail } } }`;

export interface WithTimeline {
  readonly session: { readonly timeline: TimelineConnection } | null;
}

/** The pages of a timeline after the first, as far as they are read. */
interface Later {
  readonly entries: readonly TimelineEntry[];
  /** Where the next one begins; undefined: after the first page. */
  readonly cursor: string | undefined;
  readonly error: AskError | undefined;
  readonly isReading: boolean;
  readonly retry: () => void;
}

const NONE_LATER: Omit<Later, 'retry'> = {
  ...{ entries: [], cursor: undefined, error: undefined, isReading: false },
};

/**
 * Reads the pages of a timeline after the first, one after the other. A log only grows: when the
 * first page comes again, it goes on where it ended, and so it does after what passes by itself.
 */
export function useLaterEvents(id: string, first: TimelineConnection): Later {
  const [later, setLater] = useState(NONE_LATER);
  const [tries, setTries] = useState(0);
  const retry = (): void => {
    setTries((count) => count + 1);
  };
  const set = (change: Partial<typeof NONE_LATER>): void => {
    setLater((before) => ({ ...before, ...change }));
  };
  // Before the browser paints, so that nobody takes the page for ready in between.
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = new AbortController();
    const end = beginAsking();
    const options = { headers: keyHeaders(), signal: abort.signal };
    const parts = { session: `session(id: $id) { ${TIMELINE} }` };
    const read = async (): Promise<void> => {
      let { entries, cursor = first.pageInfo.endCursor } = later;
      const isMore = (): boolean => first.edges.length + entries.length < first.totalCount;
      if (isMore()) set({ error: undefined, isReading: true });
      while (isMore() && cursor !== null) {
        const question = { parts, variables: { id, after: cursor } };
        const { session } = await ask<WithTimeline>(question, options);
        if (session === null || session.timeline.edges.length === 0) return;
        const { pageInfo, edges } = session.timeline;
        cursor = pageInfo.endCursor ?? cursor;
        entries = [...entries, ...edges.map(({ node }) => node)];
        set({ entries, cursor });
      }
    };
    read()
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        if (!(error instanceof AskError)) throw error;
        set({ error });
        if (isPassing(error)) timer = setTimeout(retry, retrySeconds(error) * 1_000);
      })
      .finally(() => {
        // Where there was nothing to be read, nothing is drawn anew.
        if (!abort.signal.aborted)
          setLater((it) => (it.isReading ? { ...it, isReading: false } : it));
        end();
      });
    return () => {
      clearTimeout(timer);
      abort.abort();
      end();
    };
  }, [id, first, tries]);
  return { ...later, retry };
}
