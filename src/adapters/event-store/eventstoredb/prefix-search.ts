import { START, streamNameFilter } from '@eventstore/db-client';
import { LOG_START } from '../../../ports/event-store.js';
import type { EventStoreDbConnection } from './connection.js';
import { RunningTimer } from './running-timer.js';
import { isOurs, toSafe } from './stored-event.js';

/**
 * Says whether a store holds events under a prefix. The server leaves out all others, so that it
 * need not send a shared store as a whole. Rejects with the client's errors.
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
        // A read can begin only at a position that one number names.
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
      // This rejects if the subscription could not begin, which its error has told.
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
    // An error may come late, or twice; an error without a listener ends the process.
    subscription.on('error', (error: Error) => {
      stop();
      reject(error);
    });
  });
}

/** The events between two of the server's reports of its progress, as multiples of its 32. */
const CHECKPOINT_INTERVAL = 1_000;

/** Receives the position that the server's search has reached, and the end of the store. */
export type OnSearch = (position: number, end: number) => void;

export interface PrefixSearch {
  readonly connection: EventStoreDbConnection;
  readonly prefix: string;
  /** The position at which the store ends. */
  readonly end: number;
  /** The server reports its progress now and then: silence of this length ends the search. */
  readonly silenceMsMax: number;
  readonly onSearch: OnSearch;
}

/** The outcome of a search. */
export type PrefixFinding =
  | { readonly kind: 'found' | 'none' }
  /** The server fell silent: servers before 23.10 do not say that they are at the end. */
  | { readonly kind: 'silent'; readonly scanned: number };
