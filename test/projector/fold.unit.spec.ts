import type { Recorded } from '../../src/domain/event.js';
import type { FoldWatch, Projection } from '../../src/ports/projection.js';
import type { ReadableEvent } from '../../src/projector/feed-event.js';
import { fold, groupByKey } from '../../src/projector/fold.js';
import { stored } from '../support/project.js';
import { counting } from '../support/projector-rig.js';

/** The greatest duration by media item; a session's end removes it. */
const greatest: Projection<{ ms: number }> = {
  name: 'bandwidth',
  version: 1,
  indexes: ['ms'],
  keysOf: ({ data }) => ('mediaId' in data ? [data.mediaId] : []),
  evolve: (document, { type, data }) => {
    if (type === 'session_end') return undefined;
    const ms = 'durationMs' in data ? (data.durationMs ?? 0) : 0;
    return document !== undefined && document.ms >= ms ? document : { ms };
  },
  indexValuesOf: ({ ms }) => ({ ms }),
  measure: ({ ms }) => ({ ms }),
};
const projection = greatest as unknown as Projection;

const beat = (mediaId: string, durationMs: number): Recorded =>
  stored('heartbeat', { mediaId, durationMs });
const ending = (mediaId: string): Recorded => stored('session_end', { mediaId });

const feedOf = (events: readonly Recorded[]): readonly ReadableEvent[] =>
  events.map((event, i) => ({ position: i + 1, id: String(i), event }));

const folded = (
  events: readonly Recorded[],
  before: Readonly<Record<string, object>> = {},
  blocked: readonly string[] = [],
) =>
  fold({
    projection,
    settings: {},
    groups: groupByKey(projection, feedOf(events)).groups,
    loaded: Object.entries(before).map(([key, body]) => ({ key, body })),
    isBlocked: (key) => blocked.includes(key),
  });

describe('a batch', () => {
  it('is divided by document, each with its events in their order', () => {
    const events = feedOf([beat('a', 1), beat('b', 2), beat('a', 3)]);
    expect([...groupByKey(projection, events).groups]).toEqual([
      ['a', [events[0], events[2]]],
      ['b', [events[1]]],
    ]);
  });

  it('writes each document once, as it is after the last event, with its index values', () => {
    expect(folded([beat('a', 5), beat('b', 1), beat('a', 9)], { a: { ms: 2 } })).toEqual({
      puts: [
        { key: 'a', body: { ms: 9 }, indexValues: { ms: 9 } },
        { key: 'b', body: { ms: 1 }, indexValues: { ms: 1 } },
      ],
      deletes: [],
      refused: [],
      change: { folds: 3, ms: 8 },
      amounts: new Map(),
    });
  });

  it('does not write a document that it leaves as it was', () => {
    expect(folded([beat('a', 5)], { a: { ms: 9 } })).toMatchObject({ puts: [], deletes: [] });
  });

  it('deletes a document that is no more', () => {
    expect(folded([beat('a', 5), ending('a')], { a: { ms: 1 } })).toMatchObject({
      puts: [],
      deletes: ['a'],
    });
  });

  it('does not delete what was not there', () => {
    expect(folded([beat('a', 5), ending('a')])).toMatchObject({ puts: [], deletes: [] });
  });

  it('writes a document that is deleted and made anew', () => {
    expect(folded([ending('a'), beat('a', 3)], { a: { ms: 9 } })).toMatchObject({
      puts: [{ key: 'a', body: { ms: 3 }, indexValues: { ms: 3 } }],
      deletes: [],
    });
  });

  it('counts what was folded, and what the documents add up to more than before', () => {
    const { change } = folded([beat('a', 5), ending('b')], { a: { ms: 2 }, b: { ms: 7 } });
    expect(change).toEqual({ folds: 2, ms: 5 - 2 - 7 });
  });
});

describe('an event that a document cannot take', () => {
  const unlucky: Projection = {
    ...projection,
    evolve: (document, event, key) => {
      if ('durationMs' in event.data && event.data.durationMs === 13) throw new Error('unlucky');
      return projection.evolve(document, event, key);
    },
  };
  const foldUnlucky = (events: readonly Recorded[], blocked: readonly string[] = []) =>
    fold({
      projection: unlucky,
      settings: {},
      groups: groupByKey(unlucky, feedOf(events)).groups,
      loaded: [],
      isBlocked: (key) => blocked.includes(key),
    });

  it('is refused with those of the same document that follow, and no others', () => {
    const events = [beat('a', 1), beat('a', 13), beat('b', 2), beat('a', 3)];
    expect(foldUnlucky(events)).toEqual({
      puts: [
        { key: 'a', body: { ms: 1 }, indexValues: { ms: 1 } },
        { key: 'b', body: { ms: 2 }, indexValues: { ms: 2 } },
      ],
      deletes: [],
      refused: [
        { position: 2, key: 'a', reason: 'Error: unlucky' },
        { position: 4, key: 'a', reason: 'an earlier event of this document waits' },
      ],
      change: { folds: 2, ms: 3 },
      amounts: new Map(),
    });
  });

  it('holds up those that come later', () => {
    const { puts, refused } = foldUnlucky([beat('a', 1), beat('b', 2)], ['a']);
    expect(puts.map(({ key }) => key)).toEqual(['b']);
    expect(refused).toMatchObject([{ position: 1, key: 'a' }]);
  });

  it('may show only in the values of its index: then the document stays as it was', () => {
    const broken: Projection = {
      ...projection,
      indexValuesOf: () => {
        throw new Error('no value');
      },
    };
    const groups = groupByKey(broken, feedOf([beat('a', 1), beat('a', 2)])).groups;
    const result = fold({
      projection: broken,
      settings: {},
      groups,
      loaded: [],
      isBlocked: () => false,
    });
    expect(result).toMatchObject({ puts: [], change: { folds: 0 } });
    expect(result.refused).toHaveLength(2);
  });
});

it('an event whose documents cannot be told is refused under no document', () => {
  const lost: Projection = {
    ...projection,
    keysOf: ({ data }) => {
      if ('mediaId' in data && data.mediaId === 'lost') throw new Error('where to?');
      return ['somewhere'];
    },
  };
  const { groups, refused } = groupByKey(lost, feedOf([beat('a', 1), beat('lost', 2)]));
  expect([...groups.keys()]).toEqual(['somewhere']);
  expect(refused).toEqual([{ position: 2, key: '', reason: 'Error: where to?' }]);
});

describe('a watched projection', () => {
  /** What is told of folds, and what must not be folded. */
  function watched(deadly: readonly number[]) {
    const told: (number | 'end')[] = [];
    const watch: FoldWatch = {
      begin: (position) => {
        if (deadly.includes(position)) throw new Error('deadly');
        told.push(position);
      },
      end: () => told.push('end'),
    };
    return { told, projection: { ...counting('bandwidth'), watch } };
  }

  it('is told of every event before it is given it, and of the end', () => {
    const { told, projection } = watched([]);
    const { groups } = groupByKey(projection, feedOf([beat('a', 1), beat('b', 2)]));
    expect(told).toEqual([1, 2, 'end']);
    fold({ projection, settings: {}, groups, loaded: [], isBlocked: () => false });
    expect(told.slice(3)).toEqual([1, 2, 'end']);
  });

  it('parks what it must not fold, and folds all else', () => {
    const { projection } = watched([2]);
    const events = feedOf([beat('a', 1), beat('a', 2), beat('a', 3)]);
    const { groups, refused } = groupByKey(projection, events);
    expect(refused).toEqual([{ position: 2, key: '', reason: 'Error: deadly' }]);
    const { puts } = fold({ projection, settings: {}, groups, loaded: [], isBlocked: () => false });
    expect(puts.map(({ body }) => body)).toEqual([{ count: 2 }]);
  });
});
