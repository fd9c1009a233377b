import { LOG_START } from '../../src/ports/event-store.js';
import {
  NO_PROGRESS,
  type GenerationRecord,
  type GenerationSpec,
} from '../../src/ports/read-model/generation.js';
import {
  abandon,
  acquire,
  begin,
  bringBack,
  discard,
  KEEP_REMOVED_MS,
  KEEP_RETIRED_MS,
  offer,
  promote,
  release,
  start,
  sweep,
  type Decision,
} from '../../src/projector/generation-life.js';

const spec: GenerationSpec = {
  projection: 'popularity',
  version: 2,
  storeId: 'log',
  indexes: ['rank'],
  settings: { partMs: 30 },
};
const place = { projection: 'popularity', version: 2, number: 9 } as const;
const draw = (): string => 'drawn';

/** A record as a store tells it: serving, at checkpoint 5, nobody's. */
const record = (number: number, change: Partial<GenerationRecord> = {}): GenerationRecord => ({
  ...NO_PROGRESS,
  ...{
    projection: 'popularity',
    version: 2,
    number,
    storeId: 'log',
    settings: spec.settings,
    identity: `id-${String(number)}`,
  },
  ...{ checkpoint: 5, checkpointId: undefined, totals: {}, fence: 3, state: 'serving', since: 100 },
  ...{ ageMs: 0, unusedMs: 0, servesFrom: LOG_START, isTaken: false, owner: undefined },
  ...{ isRetryWanted: false, retriesWanted: 0, fault: undefined },
  ...change,
});

/** What becomes of which generations, in short: `number: state fence, claim`. */
const changesOf = (decision: Decision): readonly string[] | string =>
  'refused' in decision
    ? decision.refused
    : decision.changes.map(({ before, after, claim, statesCheckpoint }) => {
        const stated = statesCheckpoint ? ' at its checkpoint' : '';
        const number = String((after ?? before)?.number);
        const state = after === undefined ? 'gone' : `${after.state} ${String(after.fence)}`;
        return `${number}: ${state}, ${claim}${stated}`;
      });

const serving = record(1);
const building = record(2, { state: 'building' });
const ready = record(2, { state: 'ready' });
const retired = (number: number, since = 0): GenerationRecord =>
  record(number, { state: 'retired', since });

describe('to begin', () => {
  it('makes an empty generation of an identity of its own, nobody’s', () => {
    const decision = begin([serving], spec, place, draw);
    expect(changesOf(decision)).toEqual(['9: building 1, release']);
    const after = 'changes' in decision ? decision.changes[0]?.after : undefined;
    expect(after).toMatchObject({ identity: 'drawn', checkpoint: LOG_START, totals: {} });
  });

  it.each(['building', 'ready'] as const)('is refused while one is %s', (state) => {
    expect(changesOf(begin([record(2, { state })], spec, place, draw))).toBe('UNDER_WAY');
    expect(changesOf(bringBack([record(2, { state }), retired(1)], spec))).toBe('UNDER_WAY');
  });

  it('is not held up by one of another version', () => {
    const other = record(2, { state: 'building', version: 1 });
    expect(changesOf(begin([other], spec, place, draw))).toEqual(['9: building 1, release']);
  });

  it('from the one before brings back the one that was retired last', () => {
    expect(changesOf(bringBack([serving, retired(2, 20), retired(3, 10)], spec))).toEqual([
      '2: building 3, release',
    ]);
    expect(changesOf(bringBack([serving], spec))).toBe('NONE_RETIRED');
  });
});

describe('to start', () => {
  const how = { spec, place, servesFrom: 40 };

  it('makes one that serves at once, its maker’s, where none does', () => {
    const decision = start([], { ...how, replacing: undefined }, draw);
    expect(changesOf(decision)).toEqual(['9: serving 1, acquire']);
    expect('changes' in decision && decision.changes[0]?.after?.servesFrom).toBe(40);
  });

  it('takes what it replaces out of use, if that is what serves', () => {
    expect(changesOf(start([serving], { ...how, replacing: 1 }, draw))).toEqual([
      '1: removed 4, release',
      '9: serving 1, acquire',
    ]);
    for (const replacing of [undefined, 7]) {
      expect(changesOf(start([serving], { ...how, replacing }, draw))).toBe('ANOTHER_SERVES');
    }
    const taken = { ...serving, isTaken: true };
    expect(changesOf(start([taken], { ...how, replacing: 1 }, draw))).toBe('TAKEN');
  });
});

describe('to acquire', () => {
  it.each(['building', 'ready', 'serving'] as const)('raises the fence of one %s', (state) => {
    const one = record(1, { state });
    expect(changesOf(acquire([one], [one], draw))).toEqual([`1: ${state} 4, acquire`]);
  });

  it.each(['retired', 'removed'] as const)('is refused of one %s', (state) => {
    const one = record(1, { state });
    expect(changesOf(acquire([one], [one], draw))).toBe('GONE');
  });

  it('takes all or none', () => {
    const taken = record(2, { projection: 'sessions', isTaken: true });
    expect(changesOf(acquire([serving, taken], [serving, taken], draw))).toBe('TAKEN');
    expect(changesOf(acquire([serving], [serving, taken], draw))).toBe('GONE');
  });

  it('is refused of another one at the same place', () => {
    const put = { ...serving, identity: 'of a database that was put back' };
    expect(changesOf(acquire([put], [serving], draw))).toBe('GONE');
  });

  it.each(['id-1', undefined])('draws an identity for the claim, before it %s', (identity) => {
    const one = { ...serving, identity };
    const decision = acquire([one], [one], draw);
    expect('changes' in decision && decision.changes[0]?.after?.identity).toBe('drawn');
  });
});

describe('to release', () => {
  it('frees what the owner still has, and nothing else', () => {
    const lost = record(2, { projection: 'sessions', fence: 4 });
    const held = [serving, { ...lost, fence: 3 }];
    expect(changesOf(release([serving, lost], held))).toEqual(['1: serving 4, release']);
  });
});

describe('to offer', () => {
  it('makes a building one ready, and nobody’s', () => {
    expect(changesOf(offer([building], building))).toEqual(['2: ready 4, release']);
  });

  it.each([
    ['that another has acquired', { ...building, fence: 4 }],
    ['that is ready', ready],
    ['that was given up', { ...building, state: 'removed' as const }],
  ])('is refused of one %s', (_, found) => {
    expect(changesOf(offer([found], building))).toBe('MOVED');
  });
});

describe('to promote', () => {
  it('lets the ready one serve, and retires the other, both at their checkpoints', () => {
    expect(changesOf(promote([serving, ready], serving, ready))).toEqual([
      '1: retired 4, release at its checkpoint',
      '2: serving 3, renew at its checkpoint',
    ]);
  });

  it('retires what is of no use wherever it is, unless another is at work on it', () => {
    expect(changesOf(promote([serving, ready], undefined, ready))).toEqual([
      '1: retired 4, release',
      '2: serving 3, renew at its checkpoint',
    ]);
    const taken = { ...serving, isTaken: true };
    expect(changesOf(promote([taken, ready], undefined, ready))).toBe('ANOTHER_SERVES');
    expect(changesOf(promote([ready], undefined, ready))).toEqual([
      '2: serving 3, renew at its checkpoint',
    ]);
  });

  it.each([
    ['the ready one is only building', [serving, building], 'MOVED'],
    ['the ready one is further', [serving, { ...ready, checkpoint: 6 }], 'MOVED'],
    ['another has the ready one', [serving, { ...ready, fence: 4 }], 'MOVED'],
    ['the serving one is further', [{ ...serving, checkpoint: 6 }, ready], 'ANOTHER_SERVES'],
    ['another has the serving one', [{ ...serving, fence: 4 }, ready], 'ANOTHER_SERVES'],
    ['another one serves', [record(3), ready], 'ANOTHER_SERVES'],
    ['none serves', [ready], 'ANOTHER_SERVES'],
  ])('is refused if %s', (_, records, refusal) => {
    expect(changesOf(promote(records, serving, ready))).toBe(refusal);
  });
});

describe('to give up', () => {
  it('takes what is building or ready out of use, whoever has it', () => {
    for (const one of [building, { ...ready, isTaken: true }]) {
      expect(changesOf(abandon([serving, one], spec))).toEqual(['2: removed 4, release']);
    }
    expect(changesOf(abandon([serving], spec))).toBe('NONE_BUILDING');
  });

  it('takes what serves and is of no use out of use, unless another is at work on it', () => {
    expect(changesOf(discard([serving], serving))).toEqual(['1: removed 4, release']);
    expect(changesOf(discard([{ ...serving, isTaken: true }], serving))).toBe('TAKEN');
    expect(changesOf(discard([record(3)], serving))).toBe('GONE');
  });
});

describe('to sweep', () => {
  const swept = (...records: readonly GenerationRecord[]) => {
    const { changes, gone } = sweep(records, [spec]);
    return { removed: changesOf({ changes }), gone: gone.map(({ number }) => number) };
  };

  it('removes what was retired long ago', () => {
    const ages = [KEEP_RETIRED_MS, KEEP_RETIRED_MS - 1];
    const old = ages.map((ageMs, i) => ({ ...retired(i + 1), ageMs }));
    expect(swept(...old)).toEqual({ removed: ['1: removed 4, release'], gone: [] });
  });

  it('removes what an older version left that nobody has written since', () => {
    const older = { version: 1, unusedMs: KEEP_RETIRED_MS };
    const left = [
      record(1, older),
      record(2, { ...older, unusedMs: KEEP_RETIRED_MS - 1 }),
      record(3, { ...older, isTaken: true }),
      record(4, { ...older, version: 3 }),
      record(5, { unusedMs: KEEP_RETIRED_MS }),
    ];
    expect(swept(...left)).toEqual({ removed: ['1: removed 4, release'], gone: [] });
  });

  it('names those whose places no query can be reading any more', () => {
    const removed = [KEEP_REMOVED_MS, KEEP_REMOVED_MS - 1].map((ageMs, i) =>
      record(i + 1, { state: 'removed', ageMs }),
    );
    expect(swept(...removed)).toEqual({ removed: [], gone: [1] });
  });
});
