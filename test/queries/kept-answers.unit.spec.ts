import { ALL_SLOTS } from '../../src/domain/figures/session-places.js';
import { MINUTE_MS } from '../../src/domain/time.js';
import type { Slice, SliceAnswer } from '../../src/ports/read-model/slices.js';
import { KeptAnswers } from '../../src/queries/figures/kept-answers.js';

const question = (from: number): Slice => ({
  stretches: [{ from, to: from + MINUTE_MS }],
  filters: [],
  parts: { uniqueViewers: false, startupTime: false, peak: false },
  slots: ALL_SLOTS,
});
const answerOf = (sessions: number, groups = 0): readonly SliceAnswer[] => [
  {
    sessions,
    groups: Array.from({ length: groups }, (_, stretch) => ({
      stretch,
      value: '',
      totals: { counts: [] },
    })),
  },
];

describe('answers', () => {
  let now = 0;
  let worked = 0;
  type Answers = readonly SliceAnswer[];
  const partsOf = (answers: Answers): number => 1 + (answers[0]?.groups.length ?? 0);
  const newKept = () => new KeptAnswers<readonly Slice[], Answers>(partsOf, undefined, () => now);
  let kept = newKept();
  beforeEach(() => {
    now = 1_000_000;
    worked = 0;
    kept = newKept();
  });

  /** Asks a question whose answer takes so many milliseconds; returns which work answered. */
  async function asked(from: number, { tookMs = 10, atLeast = 0, groups = 0 } = {}) {
    const [answer] = await kept.answer([question(from)], atLeast, () => {
      worked += 1;
      now += tookMs;
      return Promise.resolve(answerOf(worked, groups));
    });
    return answer?.sessions;
  }

  it('are kept for twenty times as long as they took', async () => {
    expect(await asked(0)).toBe(1);
    now += 199;
    expect(await asked(0)).toBe(1);
    now += 1;
    expect(await asked(0)).toBe(2);
  });

  it('are kept for a minute at most', async () => {
    expect(await asked(0, { tookMs: MINUTE_MS })).toBe(1);
    now += MINUTE_MS - 1;
    expect(await asked(0)).toBe(1);
    now += 1;
    expect(await asked(0)).toBe(2);
  });

  it('are of one question', async () => {
    expect(await asked(0)).toBe(1);
    expect(await asked(MINUTE_MS)).toBe(2);
    expect(await asked(0)).toBe(1);
  });

  it('are not given to who asks for a later state', async () => {
    expect(await asked(0, { atLeast: 5 })).toBe(1);
    expect(await asked(0, { atLeast: 4 })).toBe(1);
    expect(await asked(0, { atLeast: 6 })).toBe(2);
    expect(await asked(0, { atLeast: 5 })).toBe(2);
  });

  it('are worked out once for all who ask meanwhile', async () => {
    const answers = await Promise.all([asked(0), asked(0), asked(0)]);
    expect([answers, worked]).toEqual([[1, 1, 1], 1]);
  });

  it('are bounded: the one asked for longest ago goes first', async () => {
    for (const from of [0, 1, 2]) await asked(from, { groups: 60_000, tookMs: MINUTE_MS / 20 });
    expect(await asked(0)).toBe(1);
    await asked(3, { groups: 60_000 });
    expect(await asked(0)).toBe(1);
    expect(await asked(1)).toBe(5);
  });

  it('are not kept if the work fails', async () => {
    const failure = new Error('the store is away');
    const failing = kept.answer([question(0)], 0, () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    expect(await asked(0)).toBe(1);
  });
});
