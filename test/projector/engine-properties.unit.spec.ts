import fc from 'fast-check';
import { sessions } from '../../projections/sessions.js';
import { streamingAnalytics } from '../../projections/streaming-analytics.js';
import { isLogEvent } from '../../src/domain/event.js';
import type { Projection } from '../../src/ports/projection.js';
import { runEngine, type Step } from '../support/engine-run.js';
import { recordedLog } from '../support/playback-histories.js';
import { onePassText } from '../support/projector-rig.js';

/** How many runs; FAULT_RUNS asks for more. */
const RUNS = Number(process.env.FAULT_RUNS ?? 40);

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('append'), count: fc.nat(8) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('look'), times: fc.nat(6) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('rebuild'), which: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel'), which: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('retry'), which: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('settle', 'offer') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart', 'crash', 'heal') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('fail'),
        call: fc.integer({ min: 1, max: 30 }),
        moment: fc.constantFrom('before', 'after'),
      }),
    },
  ),
  { minLength: 1, maxLength: 25 },
);

/** The types of a document's events, in their order: whatever is lost, doubled or late shows. */
const chain: Projection<{ readonly events: readonly string[] }> = {
  name: 'bandwidth',
  version: 1,
  indexes: [],
  keysOf: (event) => (isLogEvent(event) ? [] : [event.data.mediaId]),
  evolve: (document, { type, recordedAt }) => ({
    events: [...(document?.events ?? []), `${type} ${String(recordedAt)}`],
  }),
  indexValuesOf: () => ({}),
  measure: ({ events }) => ({ events: events.length }),
};
const projections = [chain, streamingAnalytics, sessions] as unknown as readonly Projection[];

test(
  'whatever happens meanwhile, it comes out as one pass, and no total that was seen goes down',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        recordedLog,
        steps,
        fc.integer({ min: 1, max: 9 }),
        fc.option(fc.nat(20), { nil: undefined }),
        async (events, life, batchEventsMax, poison) => {
          const run = await runEngine({ events, life, batchEventsMax, poison, projections });
          expect(run.text).toBe(onePassText(events, projections));
          expect(run.totals).toEqual([...run.totals].sort((a, b) => a - b));
        },
      ),
      // A smaller example would take longer than to look at this one.
      { numRuns: RUNS, endOnFailure: true },
    );
  },
  120_000 + RUNS * 2_000,
);
