import { trackFrom } from '../../../src/domain/cmcd/cmcd-track.js';
import { Collector, type ToldViews } from '../../support/cmcd-captures.js';
import { postsOf, T0, type MadeReport } from '../../support/cmcd-reports.js';
import { MemoryEventStore } from '../../support/memory/memory-event-store.js';

async function collect(
  reports: readonly MadeReport[],
  nodes = 1,
  killAfter?: number,
): Promise<Collector> {
  const c = new Collector(new MemoryEventStore(), nodes);
  const all = postsOf(reports);
  await c.take(all.slice(0, killAfter));
  if (killAfter !== undefined) {
    c.kill(0);
    await c.take(all.slice(killAfter));
  }
  await c.end();
  return c;
}
const told = async (reports: readonly MadeReport[], nodes = 1, kill?: number): Promise<ToldViews> =>
  (await collect(reports, nodes, kill)).told();
const S: readonly MadeReport[] = [
  [0, 'ps', 'sta=s'],
  [800, 'ps', 'sta=p'],
];
const SHAKA: readonly MadeReport[] = [
  [0, 't'],
  [100, 'ps', 'sta=r'],
  [900, 'ps', 'sta=p'],
];

describe('reports that are hard to tell', () => {
  it('Shaka debug: a finished view whose e brings msd', async () => {
    expect(
      await told([...SHAKA, [8_000, 'ps', 'sta=e,msd=850'], [10_000, 't', 'sta=e']]),
    ).toMatchObject({ views: 1, ends: ['ENDED'] });
  });

  it('Shaka debug: left after a pause that brings msd', async () => {
    expect(
      await told([...SHAKA, [7_000, 'ps', 'sta=a,msd=850'], [10_000, 't', 'sta=a']]),
    ).toMatchObject({ views: 1, watchedMs: 6_100 });
  });

  it('Shaka debug: the stall that brings msd', async () => {
    expect(
      await told([
        ...SHAKA,
        [5_000, 'ps', 'sta=r,msd=850'],
        [8_000, 'ps', 'sta=p'],
        [10_000, 't', 'sta=p'],
      ]),
    ).toMatchObject({ stalls: [3_000], watchedMs: 6_100 });
  });

  it('clock set back 60 s: view goes on, next load is a view', async () => {
    const t = await told([
      ...S,
      [10_000, 't', 'sta=p'],
      [20_000, 't', 'sta=p', { clockMs: -40_000 }],
      [30_000, 't', 'sta=p', { clockMs: -30_000 }],
      [40_000, 'ps', 'sta=e', { clockMs: -20_000 }],
      [45_000, 'ps', 'sn=0,sta=s', { clockMs: -15_000 }],
      [46_000, 'ps', 'sta=p', { clockMs: -14_000 }],
      [56_000, 'ps', 'sta=e', { clockMs: -4_000 }],
    ]);
    expect(t).toMatchObject({ views: 2, ends: ['ENDED', 'ENDED'] });
  });

  it('clock set back 3 s: a pause is no watched time', async () => {
    const t = await told([
      ...S,
      [10_000, 't', 'sta=p'],
      [12_000, 'ps', 'sta=a', { clockMs: 9_000 }],
      [22_000, 'ps', 'sta=p', { clockMs: 19_000 }],
      [27_000, 'ps', 'sta=e', { clockMs: 24_000 }],
    ]);
    expect(t.pauses).toEqual([10_000]);
    expect(t.watchedMs).toBeLessThan(16_500);
  });

  it('a second load that fails is an attempt, and ends no earlier view', async () => {
    const t = await told([
      ...S,
      [10_000, 't', 'sta=p'],
      [12_000, 'ps', 'sn=0,sta=s'],
      [13_000, 'ps', 'sta=f,ec=("manifestLoadError")'],
      [20_000, 't', 'sta=f'],
    ]);
    expect(t).toMatchObject({
      attempts: 2,
      ends: ['QUIT', 'FAILED'],
      errors: ['manifestLoadError'],
    });
  });

  it('a report that says nothing, its node killed: what follows only waits', async () => {
    const r: readonly MadeReport[] = [
      ...S,
      [10_000, 't', 'sta=p'],
      [12_000, 'pr', 'sta=p'],
      [19_000, 'ps', 'sta=a'],
      [25_000, 'ps', 'sta=p'],
      [30_000, 'ps', 'sta=e'],
    ];
    expect((await told(r, 1, 4)).watchedMs).toBe((await told(r)).watchedMs);
  });

  it('the same to another node', async () => {
    const r: readonly MadeReport[] = [
      ...S,
      [10_000, 't', 'sta=p'],
      [12_000, 'pr', 'sta=p', { node: 1 }],
      [19_000, 'ps', 'sta=a'],
    ];
    expect((await told(r, 2)).watchedMs).toBe(18_200);
  });

  it('a switch up and down before the buffer is through', async () => {
    const c = await collect([
      [0, 'ps', 'sta=s,br=(302)'],
      [800, 'ps', 'sta=p,br=(302)'],
      [2_000, 'bc', 'sta=p,br=(9000),bl=(4000)'],
      [3_000, 'bc', 'sta=p,br=(302),bl=(3000)'],
      [6_500, 't', 'sta=p,br=(302)'],
      [16_500, 't', 'sta=p,br=(302)'],
    ]);
    expect((await c.events()).at(-1)?.data.quality).toBe('LOW');
  });

  it('time-out on a node that saw the session only idle', async () => {
    expect(
      (
        await told(
          [
            [0, 'ps', 'sta=d'],
            [5_000, 'ps', 'sta=s', { node: 1 }],
            [5_500, 'ps', 'sta=p', { node: 1 }],
            [15_500, 't', 'sta=p', { node: 1 }],
          ],
          2,
        )
      ).ends,
    ).toEqual(['TIMEOUT']);
  });

  it('time-out on a node that saw it end before the replay', async () => {
    expect(
      (
        await told(
          [
            ...S,
            [5_000, 'ps', 'sta=e'],
            [7_000, 'ps', 'sta=p', { node: 1 }],
            [17_000, 't', 'sta=p', { node: 1 }],
          ],
          2,
        )
      ).ends,
    ).toEqual(['ENDED', 'TIMEOUT']);
  });

  it('stalled, last report is b with bg: stall up to it, QUIT', async () => {
    expect(await told([...S, [5_000, 'ps', 'sta=r'], [9_000, 'b', 'bg,sta=r']])).toMatchObject({
      stalls: [4_000],
      ends: ['QUIT'],
    });
  });

  it('stalled, then an error, left: stall up to its last report', async () => {
    expect(
      (await told([...S, [5_000, 'ps', 'sta=r'], [9_000, 'e', 'sta=r,ec=27']])).stalls,
    ).toEqual([4_000]);
  });

  it('a seek into what fails', async () => {
    expect(
      (
        await told([
          ...S,
          [5_000, 'ps', 'sta=k'],
          [5_100, 'ps', 'sta=r'],
          [6_000, 'e', 'ec=27,sta=r'],
          [15_000, 't', 'sta=r,ec=27'],
        ])
      ).ends,
    ).toEqual(['FAILED']);
  });

  it('an old recovered error is no failure', async () => {
    const t = await told([
      ...S,
      [4_000, 'rr', 'rc=0,sta=p'],
      ...Array.from({ length: 30 }, (_, i): MadeReport => [10_000 * (i + 1), 't', 'sta=p']),
      [301_000, 'ps', 'sta=r'],
      [302_000, 't', 'sta=r'],
    ]);
    expect(t).toMatchObject({ ends: ['TIMEOUT'], errors: [] });
  });

  it('timed out, the next load ten hours later: the first view was left', async () => {
    const c = await collect([...S, [5_000, 't', 'sta=p']]);
    await c.take(
      postsOf([
        [36_000_000, 'ps', 'sta=s'],
        [36_000_500, 'ps', 'sta=p'],
      ]),
    );
    await c.end();
    expect((await c.told()).ends).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('a replay begins by a seek', async () => {
    expect(
      (await told([...S, [5_000, 'ps', 'sta=e'], [7_000, 'ps', 'sta=k'], [7_040, 'ps', 'sta=p']]))
        .seeks,
    ).toEqual([40]);
  });

  it('plays again within 30 s, behind a gap', async () => {
    const t = await told([
      ...S,
      [2_000, 'ps', 'sta=f,ec=("x")'],
      [30_000, 'ps', 'sta=p,sn=4'],
      [40_000, 't', 'sta=p'],
    ]);
    expect(t.ends).toEqual(['TIMEOUT']);
  });

  it('a late end of a pause before the end (sn 12 before 11)', async () => {
    const c = await collect([
      ...S,
      [5_000, 'ps', 'sta=a'],
      [5_010, 'ps', 'sta=e', { arrivesMs: 5_100 }],
      [5_015, 'ps', 'sta=a', { arrivesMs: 5_050 }],
    ]);
    expect((await c.events()).map(({ type }) => type)).not.toContain('paused');
  });

  it('two ticks within a few ms do not make the interval', async () => {
    const t = await told([
      ...S,
      [5_000, 't', 'sta=p'],
      [5_004, 't', 'sta=p'],
      [15_000, 't', 'sta=p'],
      [25_000, 't', 'sta=p,sn=6'],
    ]);
    expect(t.watchedMs).toBe(24_200);
  });

  it('one report with a far higher number', async () => {
    expect(
      (
        await told([
          ...S,
          [5_000, 't', 'sta=p'],
          [5_100, 'c', 'sn=2000000000'],
          [15_000, 't', 'sn=3,sta=p'],
          [25_000, 't', 'sta=p'],
        ])
      ).views,
    ).toBe(1);
  });

  it('one report with a clock an hour ahead', async () => {
    expect(
      (
        await told([
          ...S,
          [5_000, 't', 'sta=p', { clockMs: 3_600_000 }],
          [10_000, 't', 'sta=p'],
          [15_000, 't', 'sta=p'],
          [20_000, 'ps', 'sta=e'],
          [25_000, 'ps', 'sta=s,sn=0'],
          [26_000, 'ps', 'sta=p'],
        ])
      ).views,
    ).toBe(2);
  });

  it('the end of a run, overtaken by the next run', async () => {
    const t = await told([
      ...S,
      [10_000, 't', 'sta=p'],
      [19_000, 'ps', 'sta=e', { arrivesMs: 19_200 }],
      [19_050, 'ps', 'sn=0,sta=s'],
      [19_500, 'ps', 'sta=p'],
    ]);
    expect(t).toMatchObject({ ends: ['ENDED', 'TIMEOUT'], watchedMs: 18_200 });
  });

  it('the start of a run, overtaken by the next run: a view', async () => {
    expect(
      (
        await told([
          ...S,
          [5_000, 'ps', 'sn=0,sta=s'],
          [5_400, 'ps', 'sta=p', { arrivesMs: 5_700 }],
          [5_450, 'ps', 'sn=0,sta=s'],
          [6_000, 'ps', 'sta=p'],
        ])
      ).views,
    ).toBe(3);
  });
});

describe('reports of a player that says of any error that it failed', () => {
  const PROVEN: readonly MadeReport[] = [...SHAKA, [5_000, 't', 'sta=p,msd=850']];
  const FAILS: readonly MadeReport[] = [...PROVEN, [6_000, 'ps', 'sta=f'], [6_001, 'e', 'sta=f']];

  it('it plays what it has, stalls, and is left', async () => {
    expect(
      await told([
        ...FAILS,
        [8_500, 'ps', 'sta=r'],
        [10_000, 't', 'sta=r'],
        [15_000, 't', 'sta=r'],
        [20_000, 't', 'sta=r'],
      ]),
    ).toMatchObject({ watchedMs: 7_600, stalls: [11_500], ends: ['FAILED'], errors: [''] });
  });

  it('it stalls, and plays again', async () => {
    expect(
      await told([
        ...FAILS,
        [8_500, 'ps', 'sta=r'],
        [12_500, 'ps', 'sta=p'],
        [15_000, 't', 'sta=p'],
        [18_000, 'ps', 'sta=e'],
      ]),
    ).toMatchObject({ watchedMs: 7_600 + 5_500, stalls: [4_000], ends: ['ENDED'], errors: [] });
  });

  it('it plays to the end and says nothing more', async () => {
    expect(
      await told([
        ...FAILS,
        [10_000, 't', 'sta=f'],
        [15_000, 't', 'sta=f'],
        [20_000, 'ps', 'sta=e'],
        [20_006, 'ps', 'sta=a'],
        [20_011, 'ps', 'sta=e'],
      ]),
    ).toMatchObject({ watchedMs: 19_100, pauses: [], ends: ['ENDED'], errors: [] });
  });

  it('it is paused, and goes on', async () => {
    expect(
      await told([
        ...FAILS,
        [9_000, 'ps', 'sta=a'],
        [12_000, 'ps', 'sta=p'],
        [14_000, 't', 'sta=p'],
      ]),
    ).toMatchObject({ watchedMs: 8_100 + 2_000, pauses: [3_000], ends: ['TIMEOUT'] });
  });

  it('it stalls already, and is left', async () => {
    const stalled: readonly MadeReport[] = [
      ...PROVEN,
      [8_500, 'ps', 'sta=r'],
      [9_500, 'ps', 'sta=f'],
      [9_501, 'e', 'sta=f'],
      [15_000, 't', 'sta=f'],
      [20_000, 't', 'sta=f'],
    ];
    expect(await told(stalled)).toMatchObject({ stalls: [11_500], ends: ['FAILED'] });
    const again: readonly MadeReport[] = [...stalled, [22_500, 'ps', 'sta=p']];
    expect(await told(again)).toMatchObject({ stalls: [14_000], ends: ['TIMEOUT'], errors: [] });
  });

  it('it says so for long, and is left: failed when it said so first', async () => {
    const c = await collect([
      ...S,
      [6_000, 'ps', 'sta=f'],
      [6_001, 'e', 'sta=f,ec=("fragLoadError")'],
      ...[16, 26, 36, 46].map((s): MadeReport => [s * 1_000, 't', 'sta=f']),
    ]);
    expect((await c.told()).watchedMs).toBe(5_200);
    const end = (await c.events()).find(({ type }) => type === 'session_end');
    expect(end?.data.occurredAt).toBe(T0 + 6_001);
  });

  it('what an earlier build stored of it goes on', () => {
    const { mode, failedBy } = trackFrom({ run: 0, mode: 'failed', hasView: true, failedBy: 1 });
    expect({ mode, failedBy }).toEqual({ mode: 'waiting', failedBy: 1 });
    expect(trackFrom({ run: 0, mode: 'failed', failedBy: 1 }).mode).toBe('starting');
  });
});
