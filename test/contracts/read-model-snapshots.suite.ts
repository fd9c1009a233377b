import { LOG_START } from '../../src/ports/event-store.js';
import type { DocumentReader } from '../../src/ports/read-model/reader.js';
import {
  allKeys,
  FIRST_KEY,
  LAST_KEY,
  otherSpec,
  put,
  puts,
  read,
  spec,
  start,
  startWith,
  VERSION_1,
  type ReadModelFactory,
  type ReadModels,
} from './read-model-store.js';

type Current = () => ReadModels;

/** Everything that a reader can be asked about the suite's documents. */
async function everythingIn(documents: DocumentReader): Promise<object> {
  return {
    range: await documents.range(FIRST_KEY, LAST_KEY),
    found: await documents.get(['a', 'b', 'c']),
    page: await documents.page({ index: 'rank', limit: 10 }),
    count: await documents.count('rank', 0),
  };
}

const change = {
  ...puts(2, put('a', { rank: 9 }, { changed: true }), put('c', { rank: 3 })),
  deletes: ['b'],
};

/** What the port says of snapshots while others write. */
export function describeSnapshots(models: Current): void {
  test('give what the query gives', async () => {
    await startWith(models(), put('a'));
    expect(await read(models(), () => Promise.resolve('the result'))).toBe('the result');
  });

  test('stay the same while documents are replaced, added and removed', async () => {
    const generation = await startWith(models(), put('a', { rank: 1 }), put('b', { rank: 2 }));
    await read(models(), async (documents) => {
      const before = await everythingIn(documents);
      await models().writer.commit(generation, change);
      expect(await everythingIn(documents)).toEqual(before);
    });
    expect(await allKeys(models())).toEqual(['a', 'c']);
  });

  test('are of the moment at which they begin, not of the first read', async () => {
    const generation = await startWith(models(), put('a', { rank: 1 }), put('b', { rank: 2 }));
    await read(models(), async (documents) => {
      await models().writer.commit(generation, change);
      expect((await documents.get(['a'])).get('a')).toEqual({ of: 'a' });
      expect(await documents.count('rank', 0)).toBe(2);
    });
  });

  test('stay the same while documents are retired', async () => {
    const generation = await startWith(models(), put('a', { retiresAt: 1, rank: 1 }), put('b'));
    await read(models(), async (documents) => {
      await models().writer.retire(generation, 100);
      expect((await documents.get(['a', 'b'])).size).toBe(2);
    });
    expect(await allKeys(models())).toEqual(['b']);
  });

  test('stay the same while the projection starts over', async () => {
    await startWith(models(), put('a', { rank: 1 }), put('b', { rank: 2 }));
    await read(models(), async (documents) => {
      const before = await everythingIn(documents);
      const fresh = await start(models().writer);
      await models().writer.commit(fresh, puts(1, put('new', { rank: 1 })));
      expect(await everythingIn(documents)).toEqual(before);
      expect(await allKeys(models())).toEqual(['new']);
    });
    expect(await allKeys(models())).toEqual(['new']);
  });

  test('of different moments are open side by side', async () => {
    const generation = await startWith(models(), put('a', { rank: 1 }));
    await read(models(), async (earlier) => {
      await models().writer.commit(generation, change);
      await read(models(), async (later) => {
        expect(await later.count('rank', 0)).toBe(2);
        expect(await earlier.count('rank', 0)).toBe(1);
      });
      expect(await earlier.count('rank', 0)).toBe(1);
    });
  });

  test('hold several projections, each in one state', async () => {
    const { writer, reader } = models();
    const other = await writer.commit(await start(writer, otherSpec), puts(1, put('x')));
    const generation = await startWith(models(), put('a'));
    await reader.snapshot(
      ['popularity', 'sessions'],
      LOG_START,
      async ({ popularity, sessions }) => {
        await writer.commit(generation, puts(2, put('b')));
        await writer.commit(other, puts(2, put('y')));
        expect(await popularity.range(FIRST_KEY, LAST_KEY)).toHaveLength(1);
        expect(await sessions.range(FIRST_KEY, LAST_KEY)).toHaveLength(1);
      },
    );
  });

  test('by the hundred at once see whole commits only', async () => {
    const { writer } = models();
    let generation = await startWith(models(), put('a', {}, { n: 1 }), put('b', {}, { n: 1 }));
    const looks: Promise<readonly unknown[]>[] = [];
    for (let n = 2; n <= 100; n += 1) {
      const look = async (documents: DocumentReader): Promise<readonly unknown[]> => {
        const a = (await documents.get<{ n: number }>(['a'])).get('a')?.n;
        await new Promise(setImmediate);
        return [a, (await documents.get<{ n: number }>(['b'])).get('b')?.n];
      };
      looks.push(read(models(), look));
      generation = await writer.commit(
        generation,
        puts(n, put('a', {}, { n }), put('b', {}, { n })),
      );
    }
    const seen = await Promise.all(looks);
    expect(seen.map(([, b]) => b)).toEqual(seen.map(([a]) => a));
    // What was committed before a snapshot was asked for is in it.
    for (const [i, [a]] of seen.entries()) expect(a).toBeGreaterThan(i);
  });

  test('that throw are given back: the error is the query’s, and reading goes on', async () => {
    const generation = await startWith(models(), put('a'));
    const failing = read(models(), () => Promise.reject(new Error('of the query')));
    await expect(failing).rejects.toThrow('of the query');
    await models().writer.commit(generation, puts(2, put('b')));
    expect(await allKeys(models())).toEqual(['a', 'b']);
  });
}

/** What the port says where there is nothing to read yet. */
export function describeMissingGenerations(models: Current, factory: ReadModelFactory): void {
  const behind = { code: 'READ_MODEL_BEHIND' };

  test('a projection that was never started is behind', async () => {
    await expect(read(models(), () => Promise.resolve())).rejects.toMatchObject(behind);
  });

  test('a snapshot needs all of the projections that it names', async () => {
    await startWith(models(), put('a'));
    const both = models().reader.snapshot(['popularity', 'sessions'], LOG_START, () =>
      Promise.resolve(),
    );
    await expect(both).rejects.toMatchObject(behind);
    expect(await allKeys(models())).toEqual(['a']);
  });

  test('a generation of another version than the reader wants is behind', async () => {
    const wantsNewer = await factory.create({ ...VERSION_1, popularity: 2 });
    try {
      await startWith(wantsNewer, put('a'));
      await expect(allKeys(wantsNewer)).rejects.toMatchObject(behind);
      await start(wantsNewer.writer, { ...spec, version: 2 });
      expect(await allKeys(wantsNewer)).toEqual([]);
    } finally {
      await wantsNewer.reader.close();
      await wantsNewer.writer.close();
    }
  });
}
