import type { PlaybackEvent } from '../../../src/domain/event.js';
import { Collector, type Post, type ToldViews } from '../../support/cmcd-captures.js';
import { postsOf, T0, type MadeReport } from '../../support/cmcd-reports.js';
import { MemoryEventStore } from '../../support/memory/memory-event-store.js';

async function collect(sent: readonly Post[]): Promise<Collector> {
  const collector = new Collector(new MemoryEventStore());
  await collector.take(sent);
  await collector.end();
  return collector;
}

const told = async (reports: readonly MadeReport[]): Promise<ToldViews> =>
  (await collect(postsOf(reports))).told();

const events = async (sent: readonly Post[]): Promise<readonly PlaybackEvent[]> =>
  (await collect(sent)).events();

const STARTED: readonly MadeReport[] = [
  [0, 'ps', 'sta=s'],
  [800, 'ps', 'sta=p'],
];
/** dash.js says that it starts when it loads; its first report has no state. */
const LOADED: readonly MadeReport[] = [
  [0, 't'],
  [10, 'ps', 'sta=s'],
];
const NOTHING = { views: 0, attempts: 0, watchedMs: 0, ends: [], errors: [] };

describe('a view by CMCD', () => {
  it('is left open by a page that is closed: watched up to its last report', async () => {
    const views = await told([...STARTED, [5_000, 't', 'sta=p'], [10_000, 't', 'sta=p']]);
    expect(views).toMatchObject({ views: 1, attempts: 1, watchedMs: 9_200, ends: ['TIMEOUT'] });
    expect(views.startups).toEqual([800]);
  });

  it('ends, without a pause though its player says so just before', async () => {
    const views = await told([...STARTED, [5_000, 'ps', 'sta=a'], [5_010, 'ps', 'sta=e']]);
    expect(views).toMatchObject({ watchedMs: 4_210, pauses: [], ends: ['ENDED'] });
  });

  it('ends once, whatever its player says afterwards', async () => {
    const views = await told([
      ...STARTED,
      [5_000, 'ps', 'sta=e'],
      [5_006, 'ps', 'sta=a'],
      [5_011, 'ps', 'sta=e'],
      [9_000, 't', 'sta=e'],
    ]);
    expect(views).toMatchObject({ watchedMs: 4_200, pauses: [], ends: ['ENDED'] });
  });

  it('goes on where it is played again, as the same view', async () => {
    const views = await told([
      ...STARTED,
      [5_000, 'ps', 'sta=e'],
      [7_000, 'ps', 'sta=p'],
      [9_000, 't', 'sta=p'],
    ]);
    expect(views).toMatchObject({ views: 1, watchedMs: 6_200, ends: ['ENDED', 'TIMEOUT'] });
  });

  it('is paused, and sought in the pause', async () => {
    const views = await told([
      ...STARTED,
      [4_800, 'ps', 'sta=a'],
      [5_000, 'ps', 'sta=k'],
      [5_500, 'ps', 'sta=a'],
      [6_900, 'ps', 'sta=p'],
      [10_000, 't', 'sta=p'],
    ]);
    expect(views).toMatchObject({ watchedMs: 7_100, seeks: [500], pauses: [2_100], stalls: [] });
  });

  it('stalls, but for the blink of an eye', async () => {
    const views = await told([
      ...STARTED,
      [2_000, 'ps', 'sta=r'],
      [2_249, 'ps', 'sta=p'],
      [4_000, 'ps', 'sta=r'],
      [4_250, 'ps', 'sta=p'],
      [6_000, 'ps', 'sta=k'],
      [6_010, 'ps', 'sta=r'],
      [6_500, 'ps', 'sta=p'],
    ]);
    expect(views).toMatchObject({ stalls: [250], seeks: [500], watchedMs: 4_701 });
  });

  it('is left while it stalls: stalled up to its last report', async () => {
    const views = await told([
      ...STARTED,
      [5_000, 'ps', 'sta=r'],
      [10_000, 't', 'sta=r'],
      [15_000, 't', 'sta=r'],
    ]);
    expect(views).toMatchObject({ stalls: [10_000], watchedMs: 4_200, ends: ['TIMEOUT'] });
  });

  it('shows that it stalls while it does', async () => {
    const collector = new Collector(new MemoryEventStore());
    await collector.take(postsOf([...STARTED, [5_000, 'ps', 'sta=r']]));
    const last = (await collector.events()).at(-1);
    expect(last).toMatchObject({
      type: 'heartbeat',
      data: { state: 'STALLED', durationMs: 4_200 },
    });
  });

  it('is quit where another source is loaded, which is a view of its own', async () => {
    const views = await told([
      ...STARTED,
      [4_000, 'ps', 'sta=s'],
      [4_003, 'ps', 'sta=s,sn=0'],
      [4_500, 'ps', 'sta=p'],
      [9_000, 't', 'sta=p'],
    ]);
    expect(views).toMatchObject({ views: 2, watchedMs: 7_700, ends: ['QUIT', 'TIMEOUT'] });
    expect(views.startups).toEqual([800, 497]);
  });

  it('is quit where the player counts anew without a word', async () => {
    const views = await told([
      ...STARTED,
      [4_000, 't', 'sta=p'],
      [9_000, 'ps', 'sta=s,sn=0'],
      [9_500, 'ps', 'sta=p'],
    ]);
    expect(views).toMatchObject({ views: 2, watchedMs: 3_200, ends: ['QUIT', 'TIMEOUT'] });
  });

  it('is quit by a page that is hidden last', async () => {
    expect(await told([...STARTED, [4_000, 'b', 'bg,sta=p']])).toMatchObject({ ends: ['QUIT'] });
    const seen = await told([...STARTED, [4_000, 'b', 'bg,sta=p'], [6_000, 't', 'sta=p']]);
    expect(seen).toMatchObject({ ends: ['TIMEOUT'] });
  });

  it('is dated by the clock of the server where the one of the player is off', async () => {
    const off = postsOf([...STARTED, [5_000, 't', 'sta=p']], -86_400_000 * 400);
    const stored = await events(off);
    expect(stored[0]?.data.occurredAt).toBe(T0 + 20);
    expect(stored.map(({ data }) => data.durationMs ?? 0)).toEqual([0, 0, 4_200, 0]);
    const right = await events(postsOf(STARTED, 1_500));
    expect(right[0]?.data.occurredAt).toBe(T0 - 1_500);
  });
});

describe('what is not known of a view by CMCD', () => {
  it('is not watched: what lies between two states where reports are missing', async () => {
    const lost = await told([...STARTED, [5_000, 't', 'sta=p'], [9_000, 'ps', 'sta=a,sn=5']]);
    expect(lost.watchedMs).toBe(4_200);
    const between = await told([...STARTED, [5_000, 't', 'sta=p'], [12_000, 't', 'sta=p,sn=5']]);
    expect(between.watchedMs).toBe(11_200);
    const long = await told([...STARTED, [5_000, 't', 'sta=p'], [25_000, 't', 'sta=p,sn=5']]);
    expect(long.watchedMs).toBe(4_200);
  });

  it('is not watched: the sleep of a machine', async () => {
    const views = await told([
      ...STARTED,
      [5_000, 't', 'sta=p'],
      [10_000, 't', 'sta=p'],
      [7_200_000, 't', 'sta=p'],
      [7_205_000, 't', 'sta=p'],
    ]);
    expect(views.watchedMs).toBe(9_200 + 5_000);
  });

  it('is no startup: the time before somebody plays what was loaded long ago', async () => {
    const views = await told([...LOADED, [2_500, 'ps', 'sta=p,msd=2400'], [5_000, 't', 'sta=p']]);
    expect(views).toMatchObject({ views: 1, watchedMs: 2_500, startups: [] });
  });

  it('is no view: a player that says that it plays as soon as it could', async () => {
    const idle: readonly MadeReport[] = [
      [0, 't'],
      [100, 'ps', 'sta=r'],
      [900, 'ps', 'sta=p'],
      [5_000, 't', 'sta=p'],
    ];
    expect(await told(idle)).toMatchObject(NOTHING);
    const clicked = await told([...idle, [9_000, 't', 'sta=p,msd=6000'], [14_000, 't', 'sta=p']]);
    expect(clicked).toMatchObject({ views: 1, watchedMs: 8_000, startups: [] });
    const played = await told([...idle.slice(0, 3), [1_000, 't', 'sta=p,msd=850']]);
    expect(played).toMatchObject({ views: 1, watchedMs: 100, startups: [850] });
  });

  it('is no more than a view: of a player without states', async () => {
    const reports: readonly MadeReport[] = [
      [0, 't'],
      [900, 'bc', 'br=(748)'],
      [5_000, 't', 'br=(748),msd=1200'],
      [10_000, 't'],
      [12_000, 'b', 'bg'],
    ];
    const views = await told(reports);
    expect(views).toMatchObject({ views: 1, statelessViews: 1, attempts: 0, watchedMs: 0 });
    expect(views).toMatchObject({ startups: [1_200], ends: ['QUIT'] });
  });
});

describe('an attempt by CMCD', () => {
  it('is none while a title is only loaded', async () => {
    expect(
      await told([
        [0, 'ps', 'sta=d'],
        [5_000, 't', 'sta=d'],
      ]),
    ).toMatchObject(NOTHING);
    expect(await told([...LOADED, [5_000, 't', 'sta=s'], [9_000, 't', 'sta=s']])).toMatchObject(
      NOTHING,
    );
  });

  it('is one once somebody wants to play, and may be left', async () => {
    const left = { views: 0, attempts: 1, ends: ['TIMEOUT'], errors: [] };
    expect(
      await told([
        [0, 'ps', 'sta=s'],
        [5_000, 't', 'sta=s'],
      ]),
    ).toMatchObject(left);
    expect(await told([...LOADED, [300, 'ps', 'sta=r']])).toMatchObject(left);
    expect(
      await told([
        [0, 't'],
        [10, 'ps', 'sta=s,msd=4'],
      ]),
    ).toMatchObject(left);
  });

  it('fails by a fatal error', async () => {
    const views = await told([
      [0, 'ps', 'sta=s'],
      [900, 'ps', 'sta=f,ec=("manifestLoadError")'],
    ]);
    expect(views).toMatchObject({ views: 0, attempts: 1, ends: ['FAILED'] });
    expect(views.errors).toEqual(['manifestLoadError']);
  });

  it('fails, by a player that says only afterwards why', async () => {
    const views = await told([
      [0, 'ps', 'sta=s'],
      [5, 't', 'sta=s'],
      [900, 'ps', 'sta=f'],
      [901, 'e', 'sta=f,ec=("manifestLoadError")'],
    ]);
    expect(views).toMatchObject({ attempts: 1, ends: ['FAILED'], errors: ['manifestLoadError'] });
  });

  it('fails where it is stuck after an error', async () => {
    const views = await told([
      [0, 't'],
      [10, 'ps', 'sta=s,msd=4'],
      [50, 'e', 'ec=27'],
    ]);
    expect(views).toMatchObject({ views: 0, attempts: 1, ends: ['FAILED'], errors: ['27'] });
  });
});

describe('a failure by CMCD', () => {
  const stuck: readonly MadeReport[] = [
    ...STARTED,
    [4_000, 'e', 'sta=p,ec=27'],
    [5_000, 'ps', 'sta=r,ec=27'],
    [10_000, 't', 'sta=r,ec=27'],
  ];

  it('ends a view that is stuck after an error', async () => {
    const views = await told(stuck);
    expect(views).toMatchObject({ stalls: [5_000], ends: ['FAILED'], errors: ['27'] });
  });

  it('is none where the view plays on', async () => {
    const views = await told([...stuck, [11_000, 'ps', 'sta=p'], [14_000, 't', 'sta=p']]);
    expect(views).toMatchObject({ stalls: [6_000], ends: ['TIMEOUT'], errors: [] });
    const recovered = await told([
      ...STARTED,
      [4_000, 'ps', 'sta=f,ec=("x")'],
      [4_500, 'ps', 'sta=p'],
      [8_000, 't', 'sta=p'],
    ]);
    expect(recovered).toMatchObject({ ends: ['TIMEOUT'], errors: [], watchedMs: 3_200 + 3_500 });
  });

  it('is told of without another report', async () => {
    const collector = new Collector(new MemoryEventStore());
    await collector.take(postsOf([...STARTED, [4_000, 'ps', 'sta=f,ec=("x")']]));
    await collector.take([{ at: T0 + 34_019, body: '' }]);
    expect((await collector.told()).ends).toEqual([]);
    await collector.take([{ at: T0 + 34_020, body: '' }]);
    expect(await collector.told()).toMatchObject({ ends: ['FAILED'], errors: ['x'] });
  });

  it('is a response that failed, where nothing plays afterwards', async () => {
    const views = await told([
      ...STARTED,
      [4_000, 'rr', 'rc=404,sta=p'],
      [5_000, 'ps', 'sta=r'],
      [9_000, 't', 'sta=r'],
    ]);
    expect(views).toMatchObject({ ends: ['FAILED'], errors: ['HTTP 404'] });
  });
});

describe('the quality of a view by CMCD', () => {
  it('changes once what is loaded is shown', async () => {
    const stored = await events(
      postsOf([
        [0, 'ps', 'sta=s,br=(302)'],
        [800, 'ps', 'sta=p,br=(302)'],
        [2_000, 'bc', 'sta=p,br=(3000;v 48;a),bl=(4000;v 9000;a)'],
        [10_000, 't', 'sta=p,br=(3000;v 48;a)'],
      ]),
    );
    const shown = stored.map(({ type, data }) => [type, data.quality, data.durationMs, data.label]);
    expect(shown).toEqual([
      ['play_requested', 'MEDIUM', undefined, undefined],
      ['session_start', 'LOW', undefined, '302 kbps'],
      ['heartbeat', 'LOW', 1_200, undefined],
      ['heartbeat', 'LOW', 4_000, undefined],
      ['quality_changed', 'HIGH', undefined, '3000 kbps'],
      ['heartbeat', 'HIGH', 4_000, undefined],
      ['session_end', 'HIGH', undefined, undefined],
    ]);
    expect(stored.map(({ data }) => data.bytes ?? 0)).toEqual([
      0, 0, 45_300, 151_000, 0, 1_524_000, 0,
    ]);
    expect(stored[2]?.data.bytesEstimated).toBe(true);
  });

  it('changes with the segments that are loaded, told in any order', async () => {
    const segment = (kbps: number): string =>
      `sta=p,ot=v,d=2000,bl=(4000;v),br=(${String(kbps)};v)`;
    const stored = await events(
      postsOf([
        [0, 'ps', 'sta=s,br=(302)'],
        [800, 'ps', 'sta=p,br=(302)'],
        [3_000, 'rr', segment(3_000), { arrivesMs: 3_100 }],
        [2_000, 'rr', segment(302), { arrivesMs: 3_200 }],
        [4_000, 'rr', `rc=404,${segment(9_000)}`, { arrivesMs: 4_100 }],
        [5_000, 'rr', 'sta=p,ot=a,bl=(4000;a),br=(48;a)', { arrivesMs: 5_100 }],
        [10_000, 't', 'sta=p'],
      ]),
    );
    const changes = stored.filter(({ type }) => type === 'quality_changed');
    expect(changes.map(({ data }) => [data.label, data.occurredAt - T0])).toEqual([
      ['3000 kbps', 7_000],
    ]);
  });
});
