import { jest } from '@jest/globals';
import { MadeUpMedia } from '../support/made-up-media.js';

interface Event {
  readonly mediaId: string;
  readonly sessionId: string;
  readonly eventType: string;
  readonly userId?: string;
  readonly mediaDuration?: number;
  readonly context?: Readonly<Record<string, unknown>>;
}
interface Tracker {
  observe(media: unknown, observed?: unknown): () => void;
  discover(root: object): void;
}
interface Module {
  readonly createTracker: (options: object) => Tracker;
}
interface CoreModule {
  readonly Tracker: new (options: object, parts: object) => Tracker;
}
type Listener = (event: { readonly target: unknown }) => void;

// The tracker knows the types of a page, and the tests those of Node.
const MODULE = '../../tracker/module.js';
const CORE = '../../tracker/tracker.js';
const SCRIPT = '../../tracker/script.js';
const SERVER = 'https://stats.example';

/** A document, or a shadow tree, of which the listeners are known. */
class Root {
  readonly listeners = new Map<string, Listener[]>();
  readonly baseURI = 'https://stats.example/films/';
  readonly referrer = '';
  readonly hidden = false;
  currentScript: object | null = null;

  constructor(readonly elements: readonly MadeUpMedia[] = []) {}

  addEventListener(name: string, listener: Listener): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  querySelectorAll(): readonly MadeUpMedia[] {
    return this.elements;
  }
}

describe('the tracker of a page', () => {
  const own = Object.getOwnPropertyDescriptors(globalThis);
  let root: Root;
  let media: MadeUpMedia;
  let sent: Event[];
  let said: string[];

  const give = (values: object): void => {
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
    }
  };
  const pass = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1_000);
  const makeMedia = (): MadeUpMedia =>
    new MadeUpMedia((ms) => {
      jest.advanceTimersByTime(ms);
    });

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.resetModules();
    await pass(1);
    [root, media, sent, said] = [new Root(), makeMedia(), [], []];
    give({
      document: root,
      window: globalThis,
      location: { host: 'site.example', pathname: '/watch' },
      navigator: {},
      HTMLMediaElement: MadeUpMedia,
      Element: class {
        attachShadow(): void {
          // Nobody attaches one here.
        }
      },
      addEventListener: () => undefined,
      fetch: (_: string, { body }: { readonly body: string }) => {
        sent.push(...(JSON.parse(body) as Event[]));
        return Promise.resolve(Response.json({ accepted: 1 }, { status: 202 }));
      },
    });
    jest.spyOn(console, 'warn').mockImplementation((text: string) => void said.push(text));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    for (const key of Reflect.ownKeys(globalThis)) {
      const before = own[key as keyof typeof own];
      if (before === undefined) Reflect.deleteProperty(globalThis, key);
      else if (before.configurable === true) Object.defineProperty(globalThis, key, before);
    }
  });

  const make = async (options: object = {}): Promise<Tracker> => {
    const { createTracker } = (await import(MODULE)) as Module;
    return createTracker({ url: SERVER, ...options });
  };
  const begin = (one = media): void => {
    for (const name of ['play', 'playing']) {
      one.paused = false;
      for (const listener of root.listeners.get(name) ?? []) listener({ target: one });
      one.fire(name);
    }
  };
  const starts = (): readonly Event[] =>
    sent.filter(({ eventType }) => eventType === 'SESSION_START');

  const hlsOf = (cmcd?: object): object => ({ config: { cmcd }, on: () => undefined });
  const targetAt = (url: string): object => ({ eventTargets: [{ url }] });

  it.each([`${SERVER}/cmcd?key=k`, '/cmcd', '//stats.example/cmcd', '../cmcd?key=k'])(
    'leaves an element to a player that reports to %s, whoever finds the element',
    async (url) => {
      const tracker = await make();
      tracker.discover(root);
      tracker.observe(media, { hls: hlsOf(targetAt(url)) });
      begin();
      media.shows(3);
      await pass(2);
      expect(sent).toEqual([]);
      expect(said).toEqual([expect.stringContaining('CMCD')]);
    },
  );

  it('counts an element whose player reports to another server', async () => {
    const tracker = await make();
    tracker.observe(media, { hls: hlsOf(targetAt('https://another.example/cmcd')) });
    begin();
    await pass(2);
    expect(starts()).toHaveLength(1);
  });

  it('leaves an element to a player that nobody named, once it has reported', async () => {
    const tracker = await make();
    tracker.discover(root);
    media.currentSrc = 'blob:https://site.example/1';
    const names: string[] = [];
    const entries = (): readonly object[] => names.map((name) => ({ name }));
    jest.spyOn(performance, 'getEntriesByType').mockImplementation(entries as never);
    media.paused = false;
    for (const listener of root.listeners.get('play') ?? []) listener({ target: media });
    media.fire('play');
    await pass(0.5);
    names.push(`${SERVER}/cmcd?key=k`);
    media.fire('playing');
    media.shows(3);
    await pass(2);
    expect(sent).toEqual([]);
  });

  it('counts an element once that the script and a module follow', async () => {
    const [one, other] = [await make(), await make()];
    one.discover(root);
    other.discover(root);
    begin();
    await pass(2);
    expect(starts()).toHaveLength(1);
    other.observe(media, { media: 'told-then' });
    media.shows(3);
    await pass(2);
    expect(starts().map(({ mediaId }) => mediaId)).toEqual(['/films/film.mp4', 'told-then']);
    expect(sent.filter(({ eventType }) => eventType === 'SESSION_END')).toHaveLength(1);
  });

  it('reports no more of an element once that is ended, also beside the script', async () => {
    const tracker = await make();
    tracker.discover(root);
    const end = tracker.observe(media);
    end();
    begin();
    await pass(2);
    expect(sent).toEqual([]);
    tracker.observe(media);
    media.fire('play', 'playing');
    await pass(2);
    expect(starts()).toHaveLength(1);
  });

  it('throws nothing into the page, and counts without a player that is none', async () => {
    const tracker = await make();
    expect(() => tracker.observe(null)).not.toThrow();
    expect(() => {
      tracker.observe(null)();
    }).not.toThrow();
    const shaka = {
      getNetworkingEngine: () => null,
      addEventListener: () => undefined,
      getConfiguration: () => {
        throw new Error('It was destroyed.');
      },
    };
    const others = [makeMedia(), makeMedia(), makeMedia()];
    const players = [{ hls: {} }, { dash: 'dash' }, { shaka }];
    others.forEach((one, i) => tracker.observe(one, players[i]));
    for (const one of others) begin(one);
    await pass(2);
    expect(starts()).toHaveLength(3);
    expect(said[0]).toMatch(/observe was not given/);
  });

  it('sees what is around the shadow tree that an element is in', async () => {
    const tracker = await make();
    tracker.discover(root);
    const [host, off] = [makeMedia(), makeMedia()];
    host.around = { '[data-playhead-media]': { getAttribute: () => 'a-title' } };
    media.root = { host };
    off.around = { '[data-playhead=off]': { getAttribute: () => 'off' } };
    const leftOut = makeMedia();
    leftOut.root = { host: off };
    begin();
    begin(leftOut);
    await pass(2);
    expect(starts().map(({ mediaId }) => mediaId)).toEqual(['a-title']);
    expect(said).toEqual([]);
  });

  it('says once that no title is named, of however many', async () => {
    const tracker = await make();
    tracker.discover(root);
    const other = makeMedia();
    other.currentSrc = 'https://site.example/films/other.mp4';
    begin();
    begin(other);
    await pass(2);
    expect(starts()).toHaveLength(2);
    expect(said).toEqual([expect.stringContaining('/films/film.mp4')]);
  });

  it('names the viewer that the store comes to know late', async () => {
    const { Tracker } = (await import(CORE)) as CoreModule;
    const store = {
      add: () => undefined,
      remove: () => undefined,
      load: () => Promise.resolve([]),
      viewer: () => new Promise((resolve) => setTimeout(resolve, 500, 'a-viewer')),
    };
    const tracker = new Tracker({ url: SERVER, store: true }, { openStore: () => store });
    tracker.observe(media);
    begin();
    await pass(2);
    expect(sent.map(({ userId }) => userId)).toEqual(sent.map(() => 'a-viewer'));
    expect(sent.length).toBeGreaterThan(1);
  });

  it('tells no length of what the page says is live', async () => {
    const tracker = await make();
    tracker.observe(media, { live: true });
    begin();
    await pass(2);
    expect(sent[0]?.context?.live).toBe(true);
    expect(sent.map(({ mediaDuration }) => mediaDuration)).toEqual(sent.map(() => undefined));
  });

  describe('by a script', () => {
    const load = async (): Promise<void> => {
      await import(SCRIPT);
    };

    it('follows, though the name is taken by an element of the page', async () => {
      give({ playhead: { id: 'playhead' } });
      root.currentScript = { dataset: {}, src: `${SERVER}/playhead.js` };
      await load();
      begin();
      await pass(2);
      expect(starts()).toHaveLength(1);
      expect(said[0]).toContain('window.playhead is taken');
      expect((globalThis as { playhead?: object }).playhead).toEqual({ id: 'playhead' });
    });

    it('says that it cannot be loaded as a module', async () => {
      await load();
      expect(said).toEqual([expect.stringContaining('type="module"')]);
    });
  });
});
