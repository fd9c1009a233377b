import type { TrackedEvent } from './event.js';

/** Keeps events that were not sent from one visit to the next, and a random viewer id. */
export interface Store {
  add(event: TrackedEvent): void;
  remove(events: readonly TrackedEvent[]): void;
  /** What earlier visits left. */
  load(): Promise<readonly TrackedEvent[]>;
  viewer(): Promise<string | undefined>;
}

const NAME = 'playhead';
const EVENTS = 'events';
const VIEWER = 'viewer';

/**
 * Opens the store of a page's origin if it is wanted; where there is none, nothing is kept. For a
 * viewer who asks for privacy it removes what any page of the origin has kept.
 */
export function openStore(
  newId: () => string,
  isKept: boolean | undefined,
  isPrivate: boolean,
): Store | undefined {
  if (isPrivate) remove();
  return isKept === true && !isPrivate ? storeOf(newId) : undefined;
}

function remove(): void {
  try {
    indexedDB.deleteDatabase(NAME);
  } catch {
    // Where nothing may be kept there is nothing to remove.
  }
}

/** The database of the page's origin; undefined where nothing may be kept. */
const openDatabase = (): Promise<IDBDatabase | undefined> =>
  new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(EVENTS);
        request.result.createObjectStore(VIEWER);
      };
      request.onsuccess = () => {
        const { result } = request;
        // Another page removes all that is kept; this one keeps nothing from here on.
        result.onversionchange = () => {
          result.close();
        };
        resolve(result);
      };
      request.onerror = () => {
        resolve(undefined);
      };
    } catch {
      // A private window, or a frame that may keep nothing.
      resolve(undefined);
    }
  });

function storeOf(newId: () => string): Store {
  const opened = openDatabase();
  const ask = async <T>(
    name: string,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> => {
    const database = await opened;
    if (database === undefined) return undefined;
    return new Promise((resolve) => {
      try {
        const transaction = database.transaction(name, 'readwrite');
        const request = work(transaction.objectStore(name));
        // A page that goes away is not there any more when the answer comes.
        transaction.commit();
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          resolve(undefined);
        };
      } catch {
        // It is closed.
        resolve(undefined);
      }
    });
  };
  const keyOf = ({ sessionId, eventId }: TrackedEvent): string => `${sessionId} ${eventId}`;
  return {
    add(event) {
      void ask(EVENTS, (store) => store.put(event, keyOf(event)));
    },
    remove(events) {
      for (const event of events) void ask(EVENTS, (store) => store.delete(keyOf(event)));
    },
    async load() {
      const all = await ask(EVENTS, (store) => store.getAll() as IDBRequest<TrackedEvent[]>);
      // The order of the keys is that of texts: 1, 10, 2.
      return (all ?? []).sort((one, other) => Number(one.eventId) - Number(other.eventId));
    },
    async viewer() {
      const known = await ask(
        VIEWER,
        (store) => store.get(VIEWER) as IDBRequest<string | undefined>,
      );
      if (known !== undefined) return known;
      const id = newId();
      const kept = await ask(VIEWER, (store) => store.put(id, VIEWER));
      return kept === undefined ? undefined : id;
    },
  };
}
