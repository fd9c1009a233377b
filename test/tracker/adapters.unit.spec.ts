type Listener = (...args: unknown[]) => void;

interface Module {
  readonly adapted: (
    players: object,
    onFailure: (code: string) => void,
  ) => {
    failure?(): string | undefined;
    takeBytes?(): number | undefined;
    isLive?(): boolean | undefined;
    isMending?(): boolean;
  };
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

  it.each([1, 12, 15, 16, 17, 18, 20, 21, 22, 29, 33, 110])(
    'dash.js: has not, by error %d, after which it plays on',
    (code) => {
      const dash = player();
      const { failed, onFailure } = failing();
      const adapter = adapted({ dash }, onFailure);
      dash.listeners.get('error')?.({ error: { code } });
      expect([failed, adapter.failure?.()]).toEqual([[], undefined]);
    },
  );

  it.each([3, 10, 11, 25, 27, 28, 31, 32, 34, 104, 112])('dash.js: has, by error %d', (code) => {
    const dash = player();
    const { failed, onFailure } = failing();
    adapted({ dash }, onFailure);
    dash.listeners.get('error')?.({ error: { code } });
    expect(failed).toEqual([String(code)]);
  });

  it('dash.js: has not, where subtitles cannot be had', () => {
    const dash = player();
    const { failed, onFailure } = failing();
    adapted({ dash }, onFailure);
    const data = { request: { mediaType: 'text' } };
    dash.listeners.get('error')?.({ error: { code: 27, data } });
    expect(failed).toEqual([]);
  });
});

describe('hls.js', () => {
  const made = () => {
    const hls = player();
    const { failed, onFailure } = failing();
    const adapter = adapted({ hls }, onFailure);
    const tell = (name: string, data: object = {}): void => {
      hls.listeners.get(name)?.(name, data);
    };
    return { adapter, failed, tell };
  };
  const FATAL = { fatal: true, details: 'bufferAppendError' };

  it('has loaded each part of a fragment once', () => {
    const { adapter, tell } = made();
    const frag = { stats: { loaded: 0 } };
    for (const loaded of [100, 150, 50]) {
      frag.stats.loaded += loaded;
      tell('hlsFragLoaded', { frag, part: { stats: { loaded } } });
    }
    tell('hlsFragLoaded', { frag: { stats: { loaded: 1_000 } }, part: null });
    expect(adapter.takeBytes?.()).toBe(1_300);
  });

  it('says whether a title is live, and of the next nothing until it knows', () => {
    const { adapter, tell } = made();
    expect(adapter.isLive?.()).toBeUndefined();
    tell('hlsLevelLoaded', { details: { live: true } });
    expect(adapter.isLive?.()).toBe(true);
    tell('hlsManifestLoading');
    expect(adapter.isLive?.()).toBeUndefined();
  });

  it.each(['before', 'after'])(
    'has not given up what the page mends at once, heard of %s the page',
    async (when) => {
      const { adapter, tell } = made();
      tell('hlsManifestLoading');
      tell('hlsMediaAttaching');
      expect(adapter.isMending?.()).toBe(false);
      if (when === 'before') tell('hlsError', FATAL);
      tell('hlsMediaDetached');
      tell('hlsMediaAttaching');
      if (when === 'after') tell('hlsError', FATAL);
      await Promise.resolve();
      expect([adapter.failure?.(), adapter.isMending?.()]).toEqual([undefined, true]);
      tell('hlsError', FATAL);
      expect(adapter.failure?.()).toBe('bufferAppendError');
      tell('hlsMediaDetached');
      expect(adapter.isMending?.()).toBe(false);
    },
  );

  it('mends nothing where it takes another source, or is destroyed', () => {
    const { adapter, tell } = made();
    tell('hlsMediaDetached');
    tell('hlsMediaAttaching');
    tell('hlsManifestLoading');
    expect(adapter.isMending?.()).toBe(false);
    tell('hlsDestroying');
    tell('hlsMediaDetached');
    expect(adapter.isMending?.()).toBe(false);
  });
});
