import { passedOver, withGaps, withoutNumber } from '../../../src/domain/cmcd/gaps.js';
import { Collector, type ToldViews } from '../../support/cmcd-captures.js';
import { postsOf, type MadeReport } from '../../support/cmcd-reports.js';
import { MemoryEventStore } from '../../support/memory/memory-event-store.js';

interface Told extends ToldViews {
  readonly passedOver: number;
  readonly late: number;
}

async function told(reports: readonly MadeReport[], nodes = 1): Promise<Told> {
  const collector = new Collector(new MemoryEventStore(), nodes);
  await collector.take(postsOf(reports));
  await collector.end();
  return { ...(await collector.told()), ...collector.places };
}

const PLAYS: readonly MadeReport[] = [
  [0, 'ps', 'sta=s'],
  [800, 'ps', 'sta=p'],
];
/** The same report, as a player sends it again that was not answered well. */
const again = (
  [atMs, event, keys = '', ways]: MadeReport,
  sn: number,
  arrivesMs: number,
): MadeReport => [atMs, event, `sn=${String(sn)},${keys}`, { ...ways, arrivesMs }];

describe('reports that come after their place was passed', () => {
  it.each([
    ['of an error', 'e', 'sta=p,ec=27', '27'],
    ['of a response that failed', 'rr', 'rc=404', 'HTTP 404'],
  ])(
    'tell %s since it last began to play, which then ended the view',
    async (_, event, keys, code) => {
      const reports: readonly MadeReport[] = [
        ...PLAYS,
        [8_000, event, keys, { arrivesMs: 25_000 }],
        [9_000, 'ps', 'sta=r'],
        [19_000, 't', 'sta=r'],
      ];
      const one = await told(reports);
      expect(one).toMatchObject({ ends: ['FAILED'], errors: [code], passedOver: 1, late: 1 });
      const inPlace = reports.map(([at, type, all = '']) => [at, type, all] as const);
      // What was watched across a gap is not known.
      const { watchedMs, ...rest } = await told(inPlace);
      expect(one).toEqual({ ...rest, passedOver: 1, late: 1, watchedMs: 0 });
      expect(watchedMs).toBe(8_200);
    },
  );

  it('tell no error from which it recovered', async () => {
    expect(
      await told([
        ...PLAYS,
        [8_000, 'e', 'sta=p,ec=27', { arrivesMs: 30_000 }],
        [9_000, 'ps', 'sta=r'],
        [12_000, 'ps', 'sta=p'],
        [15_000, 'ps', 'sta=r'],
        [25_000, 't', 'sta=r'],
      ]),
    ).toMatchObject({ ends: ['TIMEOUT'], errors: [], passedOver: 1, late: 1 });
  });

  it('begin no other run, however often the first one is sent again', async () => {
    const first: MadeReport = [0, 'ps', 'sta=s'];
    const one = await told([
      [0, 'ps', 'sta=s', { arrivesMs: 12_000 }],
      [800, 'ps', 'sta=p'],
      [10_800, 't', 'sta=p'],
      [20_800, 't', 'sta=p'],
      [30_800, 't', 'sta=p'],
      again(first, 0, 22_000),
      again(first, 0, 32_000),
    ]);
    expect(one).toMatchObject({ views: 1, ends: ['TIMEOUT'], passedOver: 1, late: 1 });
    expect(one.watchedMs).toBe(30_000);
  });

  it('prove a view by the time to its first frame', async () => {
    expect(
      await told([
        [0, 't'],
        [5_000, 't', 'msd=900', { arrivesMs: 16_000 }],
        [10_000, 't'],
        [20_000, 't'],
      ]),
    ).toMatchObject({ views: 1, statelessViews: 1, startups: [900], late: 1 });
  });

  it('count once each, where the whole queue is sent again at every event', async () => {
    const missing: readonly MadeReport[] = [
      [5_000, 'ps', 'sta=a'],
      [7_000, 'ps', 'sta=p'],
      [9_000, 't', 'sta=p'],
    ];
    const held = missing.map(
      ([at, event, keys = '']) => [at, event, keys, { arrivesMs: 21_000 }] as const,
    );
    const repeated = [30_100, 40_100].flatMap((at) =>
      missing.map((report, i) => again(report, i + 2, at)),
    );
    const ticks = [10_000, 20_000, 30_000, 40_000].map((at) => [at, 't', 'sta=p'] as const);
    const one = await told([...PLAYS, ...held, ...ticks, ...repeated]);
    expect(one).toMatchObject({ views: 1, pauses: [], passedOver: 3, late: 3 });
    expect(one.watchedMs).toBeLessThanOrEqual(39_200);
  });

  it('are told of by whatever node takes them', async () => {
    expect(
      await told(
        [
          ...PLAYS,
          [8_000, 'e', 'sta=p,ec=27', { arrivesMs: 25_000, node: 1 }],
          [9_000, 'ps', 'sta=r'],
          [19_000, 't', 'sta=r'],
        ],
        2,
      ),
    ).toMatchObject({ ends: ['FAILED'], errors: ['27'], late: 1 });
  });

  it('are not told apart from repeated ones beyond 32 gaps; nothing else is passed over', () => {
    expect(passedOver({ next: 3, seen: [5, 9] }, 8, 7)).toEqual([
      { from: 3, to: 4 },
      { from: 6, to: 6 },
    ]);
    expect(passedOver({ next: 3, seen: [] }, 4, 3)).toEqual([]);
    const many = Array.from({ length: 40 }, (_, i) => ({ from: 2 * i, to: 2 * i }));
    expect(withGaps([], many)).toHaveLength(32);
    expect(withoutNumber([{ from: 3, to: 6 }], 4)).toEqual([
      { from: 3, to: 3 },
      { from: 5, to: 6 },
    ]);
    expect(withoutNumber([{ from: 3, to: 3 }], 3)).toEqual([]);
  });
});
