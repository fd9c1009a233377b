type Listener = (...args: unknown[]) => void;

interface Module {
  readonly adapted: (
    players: object,
    onFailure: (code: string) => void,
  ) => { failure?(): string | undefined; takeBytes?(): number | undefined };
}

// The tracker knows the types of a page, and the tests those of Node.
const TRACKER = '../../tracker/adapters.js';
const { adapted } = (await import(TRACKER)) as Module;

const failing = (): { failed: string[]; onFailure: (code: string) => void } => {
  const failed: string[] = [];
  return { failed, onFailure: (code) => failed.push(code) };
};

/** A player that tells its listeners what it is made to tell. */
function player(): { listeners: Map<string, Listener>; on: (name: string, it: Listener) => void } {
  const listeners = new Map<string, Listener>();
  return { listeners, on: (name, listener) => listeners.set(name, listener) };
}

const SEGMENT = { type: 'MediaSegment' };
const BYTES = { byteLength: 1_000 };

describe('a player that gave up', () => {
  it('dash.js: has not recovered when a request ends or a rendition begins', () => {
    const dash = player();
    const { failed, onFailure } = failing();
    const adapter = adapted({ dash }, onFailure);
    const completed = dash.listeners.get('fragmentLoadingCompleted');
    dash.listeners.get('error')?.({ error: { code: 27 } });
    completed?.({ request: SEGMENT, error: { code: 27 } });
    completed?.({ request: { type: 'InitializationSegment' }, response: BYTES });
    expect([failed, adapter.failure?.(), adapter.takeBytes?.()]).toEqual([['27'], '27', 1_000]);
    completed?.({ request: SEGMENT, response: BYTES });
    expect([adapter.failure?.(), adapter.takeBytes?.()]).toEqual([undefined, 1_000]);
  });

  it('Shaka: has not recovered when a rendition begins', () => {
    const filters: Listener[] = [];
    const events = player();
    const shaka = {
      addEventListener: events.on,
      getNetworkingEngine: () => ({
        registerResponseFilter: (filter: Listener) => filters.push(filter),
      }),
    };
    const { failed, onFailure } = failing();
    const adapter = adapted({ shaka }, onFailure);
    events.listeners.get('error')?.({ detail: { severity: 2, code: 1001 } });
    filters[0]?.(1, { data: BYTES }, { type: 0 });
    expect([failed, adapter.failure?.(), adapter.takeBytes?.()]).toEqual([['1001'], '1001', 1_000]);
    filters[0]?.(1, { data: BYTES }, { type: 1 });
    expect([adapter.failure?.(), adapter.takeBytes?.()]).toEqual([undefined, 1_000]);
  });
});
