import { START, streamNameFilter } from '@eventstore/db-client';
import { LOG_START } from '../../../ports/event-store.js';
import type { Connection } from './connection.js';
import { RunningTimer } from './running-timer.js';
import { isOurs, toSafe } from './stored-event.js';

/** Events that the server looks at between two words on how far it is, as multiples of its 32. */
const CHECKPOINT_INTERVAL = 1_000;

/** How far the server has looked for events under a prefix, and how far it has to. */
export type OnSearch = (position: number, end: number) => void;

export interface PrefixSearch {
  readonly connection: Connection;
  readonly prefix: string;
  /** The position at which the store ends. */
  readonly end: number;
  /** The server tells how far it is now and then: silence of this length ends the search. */
  readonly silenceMsMax: number;
  readonly onSearch: OnSearch;
}

/** What a search came to. */
export type PrefixFinding =
  | { readonly kind: 'found' | 'none' }
  /** The server fell silent: servers before 23.10 do not say that they are at the end. */
  | { readonly kind: 'silent'; readonly scanned: number };

/**
 * Whether a store holds events under a prefix. The server leaves all others out, so that a store
 * that is shared with others is not sent here as a whole. Rejects with the client's errors.
 */
export function searchPrefix(search: PrefixSearch): Promise<PrefixFinding> {
  const { connection, prefix, end, silenceMsMax, onSearch } = search;
  return new Promise((resolve, reject) => {
    let scanned = LOG_START;
    let isOver = false;
    const filter = streamNameFilter({
      prefixes: [prefix],
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: (_, position) => {
        if (isOver) return;
        // Only a place that one number names can be read from.
        if (position.commit === position.prepare) scanned = toSafe(position.commit);
        timer.refresh();
        onSearch(toSafe(position.commit), end);
        if (toSafe(position.commit) >= end) settle({ kind: 'none' });
      },
    });
    const subscription = connection.client.subscribeToAll({
      fromPosition: START,
      filter,
      requiresLeader: true,
    });
    const stop = (): void => {
      isOver = true;
      timer.clear();
      // Rejects where it could not begin, which its error has told.
      subscription.unsubscribe().catch(() => undefined);
    };
    const settle = (finding: PrefixFinding): void => {
      stop();
      resolve(finding);
    };
    const timer = new RunningTimer(silenceMsMax, () => {
      settle({ kind: 'silent', scanned });
    });
    subscription.on('data', ({ event }) => {
      if (isOver) return;
      timer.refresh();
      if (event !== undefined && isOurs(event, prefix)) settle({ kind: 'found' });
    });
    subscription.on('caughtUp', () => {
      settle({ kind: 'none' });
    });
    // An error may come late, or twice; one that nobody listens for ends the process.
    subscription.on('error', (error: Error) => {
      stop();
      reject(error);
    });
  });
}
