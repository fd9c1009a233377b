import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Note } from '../../examples/recorder/note.js';
import { truthOf } from '../../examples/recorder/truth.js';

const FOLDER = 'test/fixtures/cmcd';
const LENGTH_MS = 10;

interface Line {
  readonly k: string;
  readonly t: number;
  readonly ev: string;
  readonly ct: number;
  readonly truth: {
    readonly startupMs: number;
    readonly stateMs: number;
    readonly stalls: readonly number[];
    readonly seeks: readonly number[];
    readonly pauses: readonly number[];
    readonly ended: number;
  };
}

const STILL: Omit<Note, 'name' | 'at' | 'position'> = {
  ...{ paused: false, seeking: false, ended: false, rate: 1 },
  ...{ autoplay: false, loop: false, duration: 10 },
};
/** What was noted of an element: its events and when each came. */
const noted = (...events: readonly (readonly [name: string, at: number, more?: object])[]) =>
  events.map(([name, at, more = {}]): Note => ({
    name,
    at,
    position: at / 1_000,
    ...STILL,
    ...more,
  }));

const msOf = (stretches: readonly { readonly ms: number }[]) => stretches.map(({ ms }) => ms);

describe('what happened, worked out from captured media events', () => {
  it.each(readdirSync(FOLDER))('%s', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const [meta, ...lines] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const names: Readonly<Record<string, string>> = { '.': 'look', destroy: 'gone' };
    const notes = lines
      .filter(({ k }) => k === 'page')
      .map(({ ev, t: at, ct: position }, index, all): Note => {
        const ended = ev === 'pause' && all[index + 1]?.ev === 'ended';
        return { ...STILL, name: names[ev] ?? ev, at, position, ended };
      });
    const { stateMs, startupMs, completions, ...lengths } = truthOf(notes);
    const truth = meta?.truth;
    expect(Math.abs(stateMs - (truth?.stateMs ?? NaN))).toBeLessThanOrEqual(LENGTH_MS);
    expect(startupMs).toBe(truth?.startupMs);
    expect(completions).toBe(truth?.ended);
    for (const kind of ['stalls', 'seeks', 'pauses'] as const) {
      const told = msOf(lengths[kind]);
      expect(told).toHaveLength(truth?.[kind].length ?? NaN);
      told.forEach((ms, i) => {
        expect(Math.abs(ms - (truth?.[kind][i] ?? NaN))).toBeLessThanOrEqual(LENGTH_MS);
      });
    }
  });
});

describe('what happened', () => {
  const START = [
    ['request', 0, { position: 0 }],
    ['play', 100, { position: 0 }],
    ['playing', 1_000],
  ] as const;

  it('is the media that went by, at its rate, without jumps', () => {
    const notes = noted(
      ...START,
      ['look', 1_400],
      ['ratechange', 1_400, { rate: 2 }],
      ['look', 1_800, { position: 2.2, rate: 2 }],
      ['seeking', 1_840, { position: 9, rate: 2 }],
      ['playing', 2_840, { position: 9 }],
      ['gone', 2_940, { position: 9.1 }],
    );
    const { playingMs, stateMs, seeks, views } = truthOf(notes);
    expect({ playingMs: Math.round(playingMs), stateMs, views }).toEqual({
      ...{ playingMs: 940, stateMs: 940, views: 1 },
    });
    expect(seeks).toEqual([{ ms: 1_000, isOpen: false }]);
  });

  it('is a stall that is open as the page goes, unless the player has given up', () => {
    const notes = noted(...START, ['failed', 1_500], ['waiting', 2_000], ['gone', 5_000]);
    expect(truthOf(notes)).toMatchObject({ failures: 1, stalls: [{ ms: 3_000, isOpen: true }] });
    expect(truthOf(notes, { endsAtFailure: true })).toMatchObject({ failures: 1, stalls: [] });
  });

  it('is a seek in a pause, which goes on', () => {
    const notes = noted(
      ...START,
      ['pause', 2_000, { paused: true }],
      ['seeking', 2_500, { paused: true, position: 8 }],
      ['seeked', 2_800, { paused: true, position: 8 }],
      ['play', 4_000, { position: 8 }],
      ['playing', 4_100, { position: 8 }],
    );
    const { seeks, pauses, attempts } = truthOf(notes);
    expect([msOf(seeks), msOf(pauses), attempts]).toEqual([[300], [2_100], 1]);
  });

  it('is the end of a title where it loops, or a seek, as one reads it', () => {
    const loop = { loop: true };
    const notes = noted(
      ...START,
      ['look', 9_900, loop],
      ['seeking', 10_000, { ...loop, position: 0 }],
      ['playing', 10_100, { ...loop, position: 0 }],
    );
    expect(truthOf(notes)).toMatchObject({ completions: 0, seeks: [{ ms: 100 }] });
    expect(truthOf(notes, { endsAtLoop: true }).completions).toBe(1);
  });

  it('is a wish that came to nothing, of the page or of the element', () => {
    const notes = noted(['request', 0], ['gone', 4_000]);
    expect(truthOf(notes)).toMatchObject({ views: 0, attempts: 1 });
    expect(truthOf(notes, { isWishOfElement: true })).toMatchObject({ views: 0, attempts: 0 });
    expect(truthOf(noted(['load', 0], ['gone', 4_000])).attempts).toBe(0);
  });

  it('says how long nobody could look', () => {
    expect(truthOf(noted(...START, ['look', 1_900], ['look', 1_950])).blindMs).toBe(900);
  });
});
