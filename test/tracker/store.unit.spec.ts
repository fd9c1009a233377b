interface Store {
  load(): Promise<readonly object[]>;
}
interface Module {
  readonly openStore: (
    newId: () => string,
    isKept: boolean,
    isPrivate: boolean,
  ) => Store | undefined;
}

// The tracker knows the types of a page, and the tests those of Node.
const TRACKER = '../../tracker/store.js';
const { openStore } = (await import(TRACKER)) as Module;

interface Request {
  result?: unknown;
  onsuccess?: () => void;
}

/** Answers as the browser's store does: once whoever asks has said where to. */
function answering(result: unknown): Request {
  const request: Request = { result };
  setImmediate(() => request.onsuccess?.());
  return request;
}

/** A browser's store that holds records by text keys, in the order of texts. */
function databaseOf(records: ReadonlyMap<string, object>): object {
  const sorted = [...records].sort(([one], [other]) => (one < other ? -1 : 1));
  const store = { getAll: () => answering(sorted.map(([, value]) => value)) };
  return { transaction: () => ({ objectStore: () => store, commit: () => undefined }) };
}

describe('the store of the tracker', () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'indexedDB');
  });

  it('gives the events of a session in the order in which they happened', async () => {
    const events = Array.from({ length: 120 }, (_, i) => ({
      sessionId: i % 2 === 0 ? 'one' : 'two',
      eventId: String(i + 1),
    }));
    const records = new Map(events.map((one) => [`${one.sessionId} ${one.eventId}`, one] as const));
    const indexedDB = { open: () => answering(databaseOf(records)) };
    Object.assign(globalThis, { indexedDB });
    expect(await openStore(() => 'an-id', true, false)?.load()).toEqual(events);
  });
});
