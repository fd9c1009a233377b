import { compare, isRight } from '../../examples/recorder/compare.js';
import type { Note } from '../../examples/recorder/note.js';
import type { Played } from '../../examples/recorder/play.js';
import { SCENARIOS } from '../../examples/recorder/scenarios.js';
import type { Told } from '../../examples/recorder/told.js';
import { WAYS } from '../../examples/recorder/ways.js';

const STATE = { paused: false, seeking: false, rate: 1, autoplay: false, loop: false };
const noted = (name: string, at: number, position: number, more: object = {}): Note => ({
  ...{ name, at, position, ended: false, duration: 10, ...STATE },
  ...more,
});
/** Nine seconds to the end, with a stall of two. */
const NOTES: readonly Note[] = [
  noted('request', 0, 0),
  noted('play', 0, 0),
  noted('playing', 1_000, 0),
  ...Array.from({ length: 80 }, (_, i) => noted('look', 1_050 + i * 50, (i + 1) * 0.05)),
  noted('waiting', 5_000, 4),
  noted('playing', 7_000, 4),
  ...Array.from({ length: 100 }, (_, i) => noted('look', 7_050 + i * 50, 4 + (i + 1) * 0.05)),
  noted('pause', 12_000, 9, { ended: true }),
  noted('ended', 12_000, 9),
];
const RIGHT: Told = {
  ...{ views: 1, viewsWithoutStates: 0, attempts: 1, completions: 1, failures: 0, open: 0 },
  ...{ watchedMs: 9_000, stalls: [2_000], seeks: [], pauses: [], startupMs: 1_000 },
};

function played(wayName: string, scenarioName = 'plain', notes = NOTES): Played {
  const way = WAYS.find(({ name }) => name === wayName);
  const scenario = SCENARIOS.find(({ name }) => name === scenarioName);
  if (way === undefined || scenario === undefined) throw new Error('there is no such thing');
  return { name: 'a-play', scenario, way, mediaIds: ['a-play'], notes };
}
const faults = (one: Played, told: Partial<Told>): readonly string[] =>
  compare(one, { ...RIGHT, ...told })
    .filter((check) => !isRight(check))
    .map(({ figure }) => figure);

describe.each(['hls-cmcd', 'hls-tracker', 'mp4-tracker'])('%s', (way) => {
  it('is right where the server says what happened, or a little else', () => {
    expect(faults(played(way), {})).toEqual([]);
    expect(faults(played(way), { watchedMs: 9_090, stalls: [2_045] })).toEqual([]);
  });

  it.each([
    ['views', { views: 2 }],
    ['completions', { completions: 0 }],
    ['failures', { failures: 1 }],
    ['sessions that are not over', { open: 1 }],
    ['watched', { watchedMs: 8_880 }],
    ['watched', { watchedMs: 9_120 }],
    ['stalls', { stalls: [] }],
    ['stalls', { stalls: [2_000, 300] }],
    ['stall', { stalls: [2_060] }],
    ['seeks', { seeks: [300] }],
    ['pauses', { pauses: [300] }],
    ['startup', { startupMs: 1_100 }],
  ])('is wrong about %s', (figure, told) => {
    expect(faults(played(way), told)).toEqual([figure]);
  });
});

it('grants a player that is torn off what it had not reported yet, and no tracker', () => {
  const torn = NOTES.slice(0, -2).concat(noted('gone', 12_000, 9));
  const told = { completions: 0, watchedMs: 5_000 };
  expect(faults(played('dash-cmcd', 'close', torn), told)).toEqual([]);
  expect(faults(played('dash-cmcd', 'close', torn), { ...told, watchedMs: 3_400 })).toEqual([
    'watched',
  ]);
  expect(faults(played('dash-tracker', 'close', torn), told)).toEqual(['watched']);
});

it('grants lost reports less than the truth, never more', () => {
  const lost = { views: 0, completions: 0, watchedMs: 0, stalls: [] };
  expect(faults(played('hls-cmcd', 'c410'), lost)).toEqual([]);
  expect(faults(played('hls-cmcd', 'c410'), { watchedMs: 10_000 })).toEqual(['watched']);
  expect(faults(played('dash-cmcd', 'c503'), lost)).toContain('watched');
});

it('wants of a player without states views, and nothing that is not known', () => {
  const unknown = { viewsWithoutStates: 1, completions: 0, watchedMs: 0, stalls: [] };
  expect(faults(played('shaka-cmcd'), unknown)).toEqual([]);
  expect(faults(played('shaka-cmcd'), { ...unknown, watchedMs: 9_000 })).toEqual(['watched']);
  expect(faults(played('shaka-cmcd'), { ...unknown, views: 0 })).toEqual(['views']);
});
