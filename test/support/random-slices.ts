import fc from 'fast-check';
import { SESSION } from '../../src/domain/figures/session-places.js';
import type { SessionEndReason } from '../../src/domain/event.js';
import { DIMENSIONS, type Dimension } from '../../src/domain/figures/dimensions.js';
import { NO_COUNTS, PLACE } from '../../src/domain/figures/figure-counts.js';
import { withPlayed, type PlayedRuns } from '../../src/domain/figures/played-runs.js';
import { ALL_SLOTS, SAMPLE_SLOTS } from '../../src/domain/figures/session-places.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { STREAM_QUALITIES } from '../../src/domain/quality.js';
import { DEVICE_TYPES, type SessionContext } from '../../src/domain/session-context.js';
import { inNfc } from '../../src/domain/text.js';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  minuteOf,
  QUARTER_MS,
  TIME_MAX_MS,
  type Stretch,
} from '../../src/domain/time.js';
import type { RetentionQuestion, Slice, SliceFilter } from '../../src/ports/read-model/slices.js';

const NUM_RUNS = Number(process.env.PLAYHEAD_ORACLE_RUNS ?? 30);
/** The search for a smaller example ends in time for the failure to be told. */
const SEARCH_MS = 60_000 + NUM_RUNS * 5_000;
/** PLAYHEAD_ORACLE_RUNS=1000 looks longer; a failure names its seed. */
export const RUNS = {
  numRuns: NUM_RUNS,
  interruptAfterTimeLimit: SEARCH_MS,
  markInterruptAsFailure: true,
};
export const TIMEOUT_MS = SEARCH_MS + 60_000;

/** The day around which everything happens. */
export const SLICED_DAY = Date.UTC(2026, 2, 28);
/** Places that count days have a last one: what comes later shares its number. */
const BEHIND_LAST_DAY = Date.UTC(2200, 0, 1);

/** A session as it is stored: the id of its title as it came, and its row. */
export interface StoredRow {
  readonly mediaId: string;
  readonly row: SessionRow;
}

/** Returns the key of its document. */
export const keyOf = ({ mediaId, row: { sessionId, view = 0 } }: StoredRow): string =>
  SESSION.key(mediaId, sessionId, view);

/** Two spellings of one title, and ids that mean something elsewhere. */
const MEDIA_IDS = ['m1', 'M1', 'm\u0301', '\u1e3f', '$m1', 'a.b', "'\u{1f600}%_ ", '', 'm1 '];
const VIEWER_IDS = ['u1', 'u2', 'u3', '$u1', 'U1', '\u{1f600}'];
const TEXTS = ['a', 'A', 'a ', '$a', '$$ROOT', '\u00e9', "'", 'true', '0', 'x'.repeat(200)];
const END_REASONS: readonly (SessionEndReason | '')[] = ['ENDED', 'QUIT', 'FAILED', 'TIMEOUT', ''];

/** Values that sessions may have, and some that none has. */
const VALUES: Partial<Record<Dimension, readonly string[]>> = {
  MEDIA: MEDIA_IDS.map(inNfc),
  QUALITY: STREAM_QUALITIES,
  DEVICE: DEVICE_TYPES,
  LIVE: ['true', 'false', 'TRUE', '1', '0'],
  END_REASON: END_REASONS,
};

const texts = fc.constantFrom(...TEXTS);
const contexts: fc.Arbitrary<SessionContext> = fc.record(
  {
    device: fc.constantFrom(...DEVICE_TYPES),
    os: texts,
    browser: texts,
    player: texts,
    app: texts,
    cdn: texts,
    country: fc.constantFrom('DE', 'BR'),
    referrer: texts,
    page: texts,
    live: fc.boolean(),
    custom1: texts,
    custom2: texts,
    custom3: texts,
  },
  { requiredKeys: [] },
);

/** Anywhere near the day, or at an edge or right beside it; hardly ever long before or after. */
const times = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: SLICED_DAY - DAY_MS, max: SLICED_DAY + 2 * DAY_MS }),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: -2, max: 12 }), fc.constantFrom(-1, 0, 1, MINUTE_MS - 1, MINUTE_MS))
      .map(([quarter, ms]) => SLICED_DAY + quarter * QUARTER_MS + ms),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, BEHIND_LAST_DAY, BEHIND_LAST_DAY + DAY_MS) },
  { weight: 1, arbitrary: fc.constant(TIME_MAX_MS) },
);

/** Minutes: how long before its first stored event a session was watched, then lengths and gaps. */
const minuteSteps = fc.record({
  before: fc.oneof(fc.nat(3), fc.constantFrom(-2 * 1_440, -1_440, 60, 1_440, 5 * 1_440)),
  steps: fc.array(
    fc.record({
      length: fc.oneof(fc.nat(20), fc.constantFrom(1_440, 3 * 1_440)),
      gap: fc.oneof(fc.nat(5), fc.constantFrom(30, 2_000)),
    }),
    { maxLength: 3 },
  ),
});

function minutesFrom(
  startedAt: number,
  { before, steps }: typeof minuteSteps extends fc.Arbitrary<infer One> ? One : never,
): readonly number[] {
  const minutes: number[] = [];
  let next = Math.max(0, minuteOf(startedAt) - before);
  for (const { length, gap } of steps) {
    minutes.push(next, next + length);
    next += length + gap + 2;
  }
  return minutes;
}

/** Small ones, ones around the limits of 32 bits, and such that a thousand add up exactly. */
const amounts = fc.oneof(
  { weight: 3, arbitrary: fc.nat(5) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 1) },
  { weight: 1, arbitrary: fc.integer({ min: 2 ** 41, max: 2 ** 43 }) },
);

/** What was shown of a title: some runs, far beyond its end, too. */
const playedRuns: fc.Arbitrary<PlayedRuns> = fc
  .array(fc.tuple(fc.nat(70_000), fc.constantFrom(1, 7, 600, 100_000)), { maxLength: 4 })
  .map((all) =>
    all.reduce<PlayedRuns>((runs, [from, length]) => withPlayed(runs, from, from + length), []),
  );

const drafts = fc.record(
  {
    mediaId: fc.constantFrom(...MEDIA_IDS),
    sessionId: fc.constantFrom('s1', 's2'),
    view: fc.constantFrom(1, 2),
    startedAt: times,
    idleMs: fc.nat(3 * DAY_MS),
    counts: fc.array(amounts, { minLength: NO_COUNTS.length, maxLength: NO_COUNTS.length }),
    viewerId: fc.constantFrom(...VIEWER_IDS),
    quality: fc.constantFrom(...STREAM_QUALITIES),
    endReason: fc.constantFrom(...END_REASONS),
    errorCode: texts,
    failureCode: texts,
    startupBucket: fc.oneof(fc.nat(2), fc.constant(700)),
    mediaDurationMs: fc.constantFrom(1, 99, 100, 60_000),
    played: playedRuns,
    minuteSteps,
    context: contexts,
  },
  {
    requiredKeys: [
      ...(['mediaId', 'sessionId', 'startedAt', 'idleMs', 'counts', 'quality'] as const),
      ...(['endReason', 'minuteSteps'] as const),
    ],
  },
);

/** Sessions of few titles: of many rows, some are later states of others. */
export const sessionRows: fc.Arbitrary<StoredRow> = drafts.map(
  ({ mediaId, idleMs, minuteSteps: steps, ...draft }) => {
    const { startedAt, counts } = draft;
    const lastAt = Math.min(TIME_MAX_MS, startedAt + idleMs);
    const row: SessionRow = {
      ...draft,
      mediaId: inNfc(mediaId),
      counts: counts.with(PLACE.sessions, 1),
      lastAt,
      lastRecordedAt: lastAt,
      state: 'PLAYING',
      liveAt: lastAt,
      minutes: minutesFrom(startedAt, steps),
    };
    return { mediaId, row };
  },
);

/** A session stays where it started. */
export function laterState(before: StoredRow | undefined, after: StoredRow): StoredRow {
  if (before === undefined) return after;
  const { startedAt } = before.row;
  // A view of a log that gives way to that of its player takes its minutes along.
  const minutes = after.row.endReason === 'TIMEOUT' ? [] : before.row.minutes;
  const from = (minutes.at(-1) ?? minuteOf(startedAt)) + 2;
  const more = after.row.minutes.map((minute) => minute - (after.row.minutes[0] ?? 0) + from);
  return { ...after, row: { ...after.row, startedAt, minutes: [...minutes, ...more] } };
}

const lengths = fc.constantFrom(
  ...[MINUTE_MS, 2 * MINUTE_MS, QUARTER_MS, QUARTER_MS, HOUR_MS, DAY_MS, 31 * DAY_MS],
);

/** Some in a row, alike or not, with gaps between them or not. */
const stretches: fc.Arbitrary<readonly Stretch[]> = fc
  .record({
    from: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -8, max: 8 }).map((n) => n * QUARTER_MS) },
      { weight: 3, arbitrary: fc.integer({ min: -90, max: 90 }).map((n) => n * MINUTE_MS) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(0, BEHIND_LAST_DAY).map((time) => time - SLICED_DAY),
      },
    ),
    steps: fc.oneof(
      fc
        .tuple(lengths, fc.integer({ min: 1, max: 30 }))
        .map(([length, count]) => Array.from({ length: count }, () => ({ length, gap: 0 }))),
      fc.array(
        fc.record({
          length: lengths,
          gap: fc.constantFrom(0, 0, MINUTE_MS, QUARTER_MS, DAY_MS),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    ),
  })
  .map(({ from, steps }) => {
    let next = SLICED_DAY + from;
    return steps.map(({ length, gap }) => {
      const stretch = { from: next, to: next + length };
      next += length + gap;
      return stretch;
    });
  });

const filters: fc.Arbitrary<SliceFilter> = fc.constantFrom(...DIMENSIONS).chain((dimension) =>
  fc.record({
    dimension: fc.constant(dimension),
    anyOf: fc.array(fc.constantFrom('', 'nobody', ...(VALUES[dimension] ?? [...TEXTS, 'DE'])), {
      minLength: 1,
      maxLength: 5,
    }),
    exclude: fc.boolean(),
  }),
);

const slots = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ALL_SLOTS) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(SAMPLE_SLOTS - 1), fc.nat(SAMPLE_SLOTS - 1))
      .map(([a, b]) => ({ from: Math.min(a, b), before: Math.max(a, b) + 1 })),
  },
);

/** Questions about such sessions. */
export const slices: fc.Arbitrary<Slice> = fc.record(
  {
    stretches,
    mediaIds: fc.array(fc.constantFrom('nobody', ...MEDIA_IDS.map(inNfc)), { maxLength: 3 }),
    filters: fc.oneof(
      { weight: 2, arbitrary: fc.constant<readonly SliceFilter[]>([]) },
      { weight: 3, arbitrary: fc.array(filters, { minLength: 1, maxLength: 3 }) },
    ),
    by: fc.constantFrom(...DIMENSIONS),
    parts: fc.record({
      uniqueViewers: fc.boolean(),
      startupTime: fc.boolean(),
      peak: fc.boolean(),
    }),
    slots,
  },
  { requiredKeys: ['stretches', 'filters', 'parts', 'slots'] },
);

/** Questions about what such sessions showed of a title. */
export const retentionQuestions: fc.Arbitrary<RetentionQuestion> = fc
  .record(
    {
      slice: slices,
      mediaId: fc.constantFrom('nobody', ...MEDIA_IDS.map(inNfc)),
      registeredMs: fc.constantFrom(100, 30_000),
    },
    { requiredKeys: ['slice', 'mediaId'] },
  )
  .map(({ slice: { stretches: some, filters: all, slots: those }, ...question }) => ({
    ...question,
    stretch: { from: some[0]?.from ?? SLICED_DAY, to: some.at(-1)?.to ?? SLICED_DAY + DAY_MS },
    filters: all,
    slots: those,
  }));
