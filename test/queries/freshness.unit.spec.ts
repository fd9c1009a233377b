import { PROJECTIONS } from '../../projections/index.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { ProjectionControl, ProjectionLag } from '../../src/ports/projection-control.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import type { ReadModelReader } from '../../src/ports/read-model/reader.js';
import { FreshnessHandler } from '../../src/queries/freshness.handler.js';
import { FiguresQuery } from '../../src/queries/figures/figures.query.js';
import { FreshnessQuery, lagStep, type Freshness } from '../../src/queries/freshness.query.js';
import { memoryServers } from '../support/memory-server.js';
import { termsAfter } from '../support/query-side.js';
import { NOON } from '../support/playback.js';

const newServer = memoryServers();

type Told = Partial<ProjectionLag>;

/** What is answered where all projections are the same but for what is told of some. */
async function freshnessOf(told: Partial<Record<ProjectionName, Told>>): Promise<Freshness> {
  const names = ['streaming-analytics', 'bandwidth', 'popularity', 'sessions'] as const;
  const same = { scanned: 9, asOf: NOON, lagSeconds: 0, lagEvents: 0, parkedEvents: 0 };
  const all = names.map((name) => ({ name, isStopped: false, ...same, ...told[name] }));
  const control = { lag: () => Promise.resolve(all) } as unknown as ProjectionControl;
  return new FreshnessHandler(control).execute();
}

describe('freshness', () => {
  it('is that of the worst read model in each respect', async () => {
    const freshness = await freshnessOf({
      'streaming-analytics': { scanned: 5, lagEvents: 4, parkedEvents: 2 },
      bandwidth: { asOf: NOON - 3_000, lagSeconds: 3, lagEvents: 1, isStopped: true },
      popularity: { parkedEvents: 1, isStopped: true },
    });
    expect(freshness).toEqual({
      position: 5,
      asOf: NOON - 3_000,
      lagSeconds: 3,
      lagEvents: 4,
      parkedEvents: 2,
      stopped: ['bandwidth', 'popularity'],
    });
  });

  it('counts no events where one of them cannot be counted', async () => {
    const { lagEvents } = await freshnessOf({ bandwidth: { lagEvents: undefined } });
    expect(lagEvents).toBeUndefined();
  });

  it('of a server that has applied everything is that of now', async () => {
    const server = await newServer({ now: NOON });
    await server.record({ mediaId: 'm', eventType: 'SESSION_START' });
    await server.settled();
    expect(await server.query(new FreshnessQuery())).toEqual({
      position: await server.head(),
      asOf: NOON,
      lagSeconds: 0,
      lagEvents: 0,
      parkedEvents: 0,
      stopped: [],
    });
  });

  it('speaks of all read models, since the queries of readers read all of them', async () => {
    const store = new MemoryReadModelStore();
    const read = new Set<ProjectionName>();
    const reader: ReadModelReader = {
      snapshot: (names, atLeast, query) => {
        for (const name of names) read.add(name);
        return store.snapshot(names, atLeast, query);
      },
      slices: (atLeast, questions) => store.slices(atLeast, questions),
      retention: (atLeast, question) => store.retention(atLeast, question),
      sessions: (atLeast, question) => store.sessions(atLeast, question),
      live: (atLeast, question) => store.live(atLeast, question),
      ping: () => store.ping(),
      close: () => store.close(),
    };
    const server = await newServer({ readModels: { writer: store, reader } });
    await server.analytics('m');
    await server.popular('DAY');
    await server.bandwidth('DAY');
    expect(await server.stream('m')).toBeUndefined();
    const range = { from: NOON, to: NOON + 1, timeZone: 'UTC' };
    const wanted = { range, filters: [], compare: undefined };
    const parts = { uniqueViewers: false, startupTime: false, peak: false };
    await server.query(new FiguresQuery(wanted, parts, termsAfter()));
    expect([...read].sort()).toEqual(PROJECTIONS.map(({ name }) => name).sort());
  });
});

it('a lag is told from 5 seconds on, and each time it has doubled', () => {
  const steps = [0, 0.3, 4.9, 5, 9, 10, 19, 20, 39, 40].map(lagStep);
  expect(steps).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3, 4]);
});
