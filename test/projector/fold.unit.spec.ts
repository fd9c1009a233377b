import type { Recorded } from '../../src/domain/event.js';
import type { Projection } from '../../src/ports/projection.js';
import { fold, groupByKey } from '../../src/projector/fold.js';
import { stored } from '../support/project.js';

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
};
const projection = greatest as unknown as Projection;

const beat = (mediaId: string, durationMs: number): Recorded =>
  stored('heartbeat', { mediaId, durationMs });
const ending = (mediaId: string): Recorded => stored('session_end', { mediaId });

const folded = (events: readonly Recorded[], before: Readonly<Record<string, object>> = {}) =>
  fold(
    projection,
    groupByKey(projection, events),
    Object.entries(before).map(([key, body]) => ({ key, body })),
  );

describe('a batch', () => {
  it('is divided by document, each with its events in their order', () => {
    const events = [beat('a', 1), beat('b', 2), beat('a', 3)];
    expect([...groupByKey(projection, events)]).toEqual([
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
    });
  });

  it('does not write a document that it leaves as it was', () => {
    expect(folded([beat('a', 5)], { a: { ms: 9 } })).toEqual({ puts: [], deletes: [] });
  });

  it('deletes a document that is no more', () => {
    expect(folded([beat('a', 5), ending('a')], { a: { ms: 1 } })).toEqual({
      puts: [],
      deletes: ['a'],
    });
  });

  it('does not delete what was not there', () => {
    expect(folded([beat('a', 5), ending('a')])).toEqual({ puts: [], deletes: [] });
  });

  it('writes a document that is deleted and made anew', () => {
    expect(folded([ending('a'), beat('a', 3)], { a: { ms: 9 } })).toEqual({
      puts: [{ key: 'a', body: { ms: 3 }, indexValues: { ms: 3 } }],
      deletes: [],
    });
  });
});
