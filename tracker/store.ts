import type { TrackedEvent } from './event.js';

/** Keeps events that were not sent from one visit to the next, and a random viewer id. */
export interface Store {
  add(event: TrackedEvent): void;
  remove(events: readonly TrackedEvent[]): void;
  /** What earlier visits left. */
  load(): Promise<readonly TrackedEvent[]>;
  viewer(): Promise<string | undefined>;
}

const EVENTS = 'events';
const VIEWER = 'viewer';

/** Opens the store of a page's origin; where there is none, nothing is kept. */
export function openStore(newId: () => string): Store {
  const opened = new Promise<IDBDatabase | undefined>((resolve) => {
    try {
      const request = indexedDB.open('playhead', 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(EVENTS);
        request.result.createObjectStore(VIEWER);
      };
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        resolve(undefined);
      };
    } catch {
      // A private window, or a frame that may keep nothing.
      resolve(undefined);
    }
  });
  const ask = async <T>(
    name: string,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> => {
    const database = await opened;
    return new Promise((resolve) => {
      if (database === undefined) {
        resolve(undefined);
        return;
      }
      const request = work(database.transaction(name, 'readwrite').objectStore(name));
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        resolve(undefined);
      };
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
      return (await ask(EVENTS, (store) => store.getAll() as IDBRequest<TrackedEvent[]>)) ?? [];
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
