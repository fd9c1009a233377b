import type { PlaybackEvent } from '../../../src/domain/event.js';
import { Collector, type ToldViews } from '../../support/cmcd-captures.js';
import { postsOf, T0, type MadeReport } from '../../support/cmcd-reports.js';
import { MemoryEventStore } from '../../support/memory/memory-event-store.js';
import { testNames } from '../../support/test-log.js';

async function collect(reports: readonly MadeReport[]): Promise<Collector> {
  const collector = new Collector(new MemoryEventStore());
  await collector.take(postsOf(reports));
  await collector.end();
  return collector;
}
const told = async (reports: readonly MadeReport[]): Promise<ToldViews> =>
  (await collect(reports)).told();
const typesOf = async (reports: readonly MadeReport[]): Promise<readonly PlaybackEvent['type'][]> =>
  (await (await collect(reports)).events()).map(({ type }) => type);

const S: readonly MadeReport[] = [
  [0, 'ps', 'sta=s'],
  [800, 'ps', 'sta=p'],
];

describe('a pause that is the end', () => {
  it.each(['k', 'r'])('after %s', async (state) => {
    const types = await typesOf([
      ...S,
      [6_000, 'ps', `sta=${state}`],
      [6_300, 'ps', 'sta=a'],
      [6_310, 'ps', 'sta=e'],
    ]);
    expect(types).not.toContain('paused');
    expect(types.at(-1)).toBe('session_end');
  });

  it('with a response in between', async () => {
    const types = await typesOf([
      ...S,
      [6_300, 'ps', 'sta=a'],
      [6_200, 'rr', 'sta=p,rc=200', { arrivesMs: 6_325 }],
      [6_310, 'ps', 'sta=e', { arrivesMs: 6_400 }],
    ]);
    expect(types).not.toContain('paused');
  });

  it('that is sent again', async () => {
    const types = await typesOf([
      ...S,
      [6_300, 'ps', 'sta=a'],
      [6_310, 'ps', 'sta=e', { arrivesMs: 7_900 }],
    ]);
    expect(types).not.toContain('paused');
  });
});

describe('a seek after the end', () => {
  it.each([
    ['that is over before it is played again', 'a', 100],
    ['that ends as it is played again', 't', 8_000],
  ])('%s', async (_, state, lengthMs) => {
    const views = await told([
      ...S,
      [5_000, 'ps', 'sta=e'],
      [7_000, 'ps', 'sta=k'],
      ...(state === 'a' ? [[7_100, 'ps', 'sta=a'] as const] : []),
      [15_000, 'ps', 'sta=p'],
      [16_000, 't', 'sta=p'],
    ]);
    expect(views).toMatchObject({ views: 1, seeks: [lengthMs], watchedMs: 5_200 });
  });
});

describe('responses', () => {
  const RESPONSES: readonly MadeReport[] = [
    [3_000, 'rr', 'sta=p,rc=200,ttlb=90', { arrivesMs: 3_100 }],
    [4_500, 'rr', 'sta=p,rc=200,ttlb=60', { arrivesMs: 4_580 }],
  ];

  it('are signs of life of a view that is left', async () => {
    expect((await told([...S, ...RESPONSES])).watchedMs).toBe(3_760);
  });

  it('show no more than the time when they came', async () => {
    const late: MadeReport = [4_500, 'rr', 'sta=p,rc=200,ttlb=90000', { arrivesMs: 4_600 }];
    expect((await told([...S, late])).watchedMs).toBe(3_800);
  });

  it('show nothing of a time about which a report is missing', async () => {
    const far: MadeReport = [4_500, 'rr', 'sn=4,sta=p,rc=200,ttlb=60', { arrivesMs: 4_580 }];
    expect((await told([...S, ...RESPONSES.slice(0, 1), far])).watchedMs).toBe(2_290);
  });

  it('show nothing in a pause, and nothing before it', async () => {
    const views = await told([
      ...S,
      [5_000, 'ps', 'sta=a'],
      [6_000, 'rr', 'sta=p,rc=200,ttlb=60', { arrivesMs: 6_090 }],
      [8_000, 'ps', 'sta=p'],
      [7_900, 'rr', 'sta=a,rc=200,ttlb=50', { arrivesMs: 8_040 }],
    ]);
    expect(views).toMatchObject({ watchedMs: 4_200, pauses: [3_000] });
  });

  it('are told of 30 s later', async () => {
    const collector = new Collector(new MemoryEventStore());
    await collector.take(postsOf([...S, ...RESPONSES]));
    await collector.take([{ at: T0 + 33_099, body: '' }]);
    expect((await collector.told()).watchedMs).toBe(0);
    await collector.take([{ at: T0 + 33_100, body: '' }]);
    expect((await collector.told()).watchedMs).toBe(3_760);
  });

  it('belong to their run alone', async () => {
    const views = await told([
      ...S,
      ...RESPONSES,
      [9_000, 'ps', 'sn=0,sta=s'],
      [9_500, 'ps', 'sta=p'],
    ]);
    expect(views).toMatchObject({ views: 2, watchedMs: 3_760 });
  });
});

describe('what is loaded before a view begins', () => {
  it('is shown once what was loaded before it has been', async () => {
    const stored = await (
      await collect([
        [0, 'ps', 'sta=s'],
        [150, 'bc', 'sta=s,br=(302)'],
        [660, 'bc', 'sta=s,br=(752),bl=(1800)'],
        [800, 'ps', 'sta=p,br=(752),bl=(1800)'],
        [5_000, 't', 'sta=p,br=(752)'],
      ])
    ).events();
    const shown = stored.flatMap(({ type, data }) =>
      data.label === undefined ? [] : [[type, data.label, data.occurredAt - T0]],
    );
    expect(shown).toEqual([
      ['session_start', '302 kbps', 800],
      ['quality_changed', '752 kbps', 2_600],
    ]);
  });

  it('is shown at once after a seek in a pause', async () => {
    const stored = await (
      await collect([
        [0, 'ps', 'sta=s,br=(302)'],
        [800, 'ps', 'sta=p,br=(302)'],
        [2_000, 'bc', 'sta=p,br=(752),bl=(9000)'],
        [3_000, 'ps', 'sta=a'],
        [4_000, 'ps', 'sta=k'],
        [4_200, 'ps', 'sta=a'],
        [5_000, 'ps', 'sta=p'],
        [6_000, 't', 'sta=p'],
      ])
    ).events();
    const changed = stored.find(({ type }) => type === 'quality_changed');
    expect(changed?.data.occurredAt).toBe(T0 + 4_000);
  });
});

describe('a page that only loads, its first report lost', () => {
  const NOTHING = { views: 0, attempts: 0, watchedMs: 0, ends: [] };

  it('is no view: of a player that says that it plays', async () => {
    const ticks = [5, 10, 15].map((s): MadeReport => [s * 1_000, 't', 'sta=p']);
    expect(await told([[100, 'ps', 'sn=1,sta=r'], [900, 'ps', 'sta=p'], ...ticks])).toMatchObject(
      NOTHING,
    );
  });

  it('is no attempt: of a player that says that it starts', async () => {
    expect(
      await told([
        [10, 'ps', 'sn=1,sta=s,bl=(0;v 0;a)'],
        [5_000, 't', 'sta=s'],
      ]),
    ).toMatchObject(NOTHING);
  });

  it('is a view of a player that does play', async () => {
    expect(
      await told([
        [110, 'ps', 'sn=5,sta=r,bl=(0;v 0;a)'],
        [800, 'ps', 'sta=p,bl=(2000;v 1800;a)'],
        [5_000, 't', 'sta=p'],
      ]),
    ).toMatchObject({ views: 1, watchedMs: 4_200 });
  });
});

describe('the startup time', () => {
  it('begins with the click, where a title was loaded before', async () => {
    expect(
      await told([
        [0, 't'],
        [10, 'ps', 'sta=s'],
        [2_010, 'ps', 'sta=r'],
        [2_100, 'ps', 'sta=p,msd=90'],
      ]),
    ).toMatchObject({ attempts: 1, startups: [90] });
  });

  it('is known on a slow machine, whose buffer is full before it plays', async () => {
    expect(
      await told([
        [0, 't'],
        [100, 'ps', 'sta=r'],
        [900, 'ps', 'sta=p'],
        [1_300, 't', 'sta=p,msd=1300'],
      ]),
    ).toMatchObject({ startups: [1_300] });
  });
});

describe('what lies between two reports', () => {
  it('is not known where a report of another state is missing, responses or not', async () => {
    const RESPONSE: MadeReport = [4_000, 'rr', 'sta=p,rc=200', { arrivesMs: 4_020 }];
    const [watched, sought, stalled, paused] = await Promise.all([
      told([...S, RESPONSE, [5_000, 't', 'sta=p'], [10_000, 't', 'sn=5,sta=a']]),
      told([...S, [5_000, 'ps', 'sta=k'], [10_000, 't', 'sn=4,sta=p']]),
      told([...S, [5_000, 'ps', 'sta=r'], [7_000, 't', 'sta=r'], [12_000, 't', 'sn=5,sta=p']]),
      told([...S, [5_000, 'ps', 'sta=a'], [10_000, 't', 'sn=4,sta=p']]),
    ]);
    expect(paused).toMatchObject({ watchedMs: 4_200, pauses: [] });
    expect(watched.watchedMs).toBe(4_200);
    expect(sought).toMatchObject({ watchedMs: 4_200, seeks: [] });
    expect(stalled).toMatchObject({ watchedMs: 4_200, stalls: [2_000] });
  });

  it('is watched however long, where a player reports at no intervals', async () => {
    expect((await told([...S, [180_800, 'ps', 'sta=e']])).watchedMs).toBe(180_000);
  });
});

describe('an error', () => {
  it('ends a view that had much to play since, and stalls then', async () => {
    expect(
      await told([
        ...S,
        [4_000, 'e', 'sta=p,ec=27'],
        [75_000, 'ps', 'sta=r'],
        [80_000, 't', 'sta=r'],
      ]),
    ).toMatchObject({ stalls: [5_000], ends: ['FAILED'], errors: ['27'] });
  });

  it('is not recovered from by a pause', async () => {
    expect(
      await told([
        ...S,
        [4_000, 'e', 'sta=p,ec=27'],
        [5_000, 'ps', 'sta=a'],
        [7_000, 'ps', 'sta=p'],
        [9_000, 'ps', 'sta=r'],
        [15_000, 't', 'sta=r'],
      ]),
    ).toMatchObject({ stalls: [6_000], ends: ['FAILED'], errors: ['27'] });
  });
});

describe('a long pause', () => {
  it('does not time out while its player goes on', async () => {
    const store = new MemoryEventStore();
    const collector = new Collector(store);
    const ticks = Array.from({ length: 60 }, (_, i): MadeReport => [
      15_000 + i * 10_000,
      't',
      'sta=a',
    ]);
    await collector.take(postsOf([...S, [5_000, 'ps', 'sta=a'], ...ticks]));
    const stored = await store.readStream(testNames.playback('m1', 's1'));
    const times = stored.map(({ recordedAt }) => recordedAt);
    const silences = times.map((time, i) => time - (times[i - 1] ?? time));
    expect(Math.max(...silences)).toBeLessThanOrEqual(70_000);
    // Once a minute is enough.
    expect(stored.length).toBeLessThan(20);
    expect((await collector.told()).watchedMs).toBe(4_200);
  });
});
