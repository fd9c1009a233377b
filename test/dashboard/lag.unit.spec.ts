import { jest } from '@jest/globals';
import type { Freshness } from '../../dashboard/api/schema.js';
import { lagStep } from '../../src/queries/freshness.query.js';

// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { LAG_SECONDS, moved, tellFreshness } = await load<{
  readonly LAG_SECONDS: number;
  readonly moved: { peek(): Freshness | undefined };
  readonly tellFreshness: (freshness: Freshness) => void;
}>('../../dashboard/api/stream.js');

const tell = (lagSeconds: number): void => {
  const asOf = '2026-11-29T12:00:00Z';
  tellFreshness({ position: 'p', asOf, lagSeconds, lagEvents: 1, parkedEvents: 0, stopped: [] });
};
const lagAfter = (ms: number): number | undefined => {
  jest.advanceTimersByTime(ms);
  return moved.peek()?.lagSeconds;
};

describe('the lag that a stream tells', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    tell(0);
    jest.useRealTimers();
  });

  it('stays while it is so small that the server does not say when it is over', () => {
    tell(0.3);
    expect(lagAfter(60_000)).toBe(0.3);
    tell(LAG_SECONDS - 0.1);
    expect(lagAfter(60_000)).toBe(LAG_SECONDS - 0.1);
  });

  it('grows by the clock from where the server says when it is over', () => {
    tell(LAG_SECONDS);
    expect(lagAfter(60_000)).toBeCloseTo(LAG_SECONDS + 60);
    tell(0.3);
    expect(lagAfter(60_000)).toBe(0.3);
  });

  it('is told by the server from there on', () => {
    const steps = [0, LAG_SECONDS - 0.1, LAG_SECONDS, 2 * LAG_SECONDS].map(lagStep);
    expect(steps).toEqual([0, 0, 1, 2]);
  });
});
