import type { IndexedDocument, IndexPage } from '../../src/ports/read-model/reader.js';
import {
  FIRST_KEY,
  KEYS_IN_BYTE_ORDER,
  keysOf,
  LAST_KEY,
  put,
  read,
  startWith,
  type ReadModels,
} from './read-model-store.js';

type Current = () => ReadModels;

/** Some order that is not the wanted one. */
const shuffled = <T>(values: readonly T[]): readonly T[] => [
  ...values.filter((_, i) => i % 2 === 1).reverse(),
  ...values.filter((_, i) => i % 2 === 0),
];

/** What the port says of reading by key. */
export function describeReadingByKey(models: Current): void {
  test('get gives what is stored under the keys, and nothing for the others', async () => {
    await startWith(models(), put('a'), put('b'), put('c'));
    const found = await read(models(), (documents) => documents.get(['c', 'nothing', 'a', 'a']));
    expect([...found.keys()].sort()).toEqual(['a', 'c']);
    expect(found.get('c')).toEqual({ of: 'c' });
    expect((await read(models(), (documents) => documents.get([]))).size).toBe(0);
  });

  test('get takes thousands of keys', async () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `key-${String(i)}`);
    await startWith(models(), ...keys.map((key) => put(key)));
    const found = await read(models(), (documents) => documents.get(keys));
    expect(found.size).toBe(5_000);
  });

  test('a document that was read is the reader’s own: changing it changes nothing', async () => {
    await startWith(models(), put('a', { rank: 1 }, { list: [1] }));
    const change = async (): Promise<void> => {
      const found = await read(models(), (documents) => documents.get<{ list: number[] }>(['a']));
      found.get('a')?.list.push(2);
    };
    await change();
    await change();
    const found = await read(models(), (documents) => documents.get(['a']));
    expect(found.get('a')).toEqual({ list: [1] });
  });

  test('a range is in the order of UTF-8 bytes, not of UTF-16 units', async () => {
    await startWith(models(), ...shuffled(KEYS_IN_BYTE_ORDER).map((key) => put(key)));
    const rows = await read(models(), (documents) => documents.range(FIRST_KEY, LAST_KEY));
    expect(keysOf(rows)).toEqual(KEYS_IN_BYTE_ORDER);
    expect(rows[0]?.body).toEqual({ of: 'A' });
  });

  test('a range of a limited length holds the first of its documents', async () => {
    await startWith(models(), ...shuffled(KEYS_IN_BYTE_ORDER).map((key) => put(key)));
    const first = (limit: number): Promise<readonly string[]> =>
      read(models(), async (documents) => keysOf(await documents.range('a', LAST_KEY, limit)));
    expect(await first(1)).toEqual(['a']);
    expect(await first(4)).toEqual(KEYS_IN_BYTE_ORDER.slice(2, 6));
    expect(await first(1_000)).toEqual(KEYS_IN_BYTE_ORDER.slice(2));
  });

  test('a range holds both its ends, be they there or not, in the order of bytes', async () => {
    await startWith(models(), ...shuffled(KEYS_IN_BYTE_ORDER).map((key) => put(key)));
    const between = (from: string, to: string): Promise<readonly string[]> =>
      read(models(), async (documents) => keysOf(await documents.range(from, to)));
    for (const [i, from] of KEYS_IN_BYTE_ORDER.entries()) {
      for (const [j, to] of KEYS_IN_BYTE_ORDER.entries()) {
        expect(await between(from, to)).toEqual(KEYS_IN_BYTE_ORDER.slice(i, j + 1));
      }
    }
    expect(await between('a\u001f', 'a\u001f000000009x')).toEqual(['a\u001f000000009']);
    expect(await between('\uffff', '\u{1f000}')).toEqual(['\u{10000}']);
    expect(await between('c', 'd')).toEqual([]);
  });
}

/** Reads an index to its end in pages. */
async function readPages(
  models: ReadModels,
  page: Omit<IndexPage, 'after'>,
): Promise<IndexedDocument[]> {
  return read(models, async (documents) => {
    const all: IndexedDocument[] = [];
    for (let after: IndexPage['after']; ;) {
      const rows = await documents.page({ ...page, ...(after !== undefined && { after }) });
      all.push(...rows);
      const last = rows.at(-1);
      if (rows.length < page.limit || last === undefined) return all;
      after = { value: last.value, key: last.key };
    }
  });
}

/** What the port says of reading by an index. */
export function describeReadingByIndex(models: Current): void {
  test('documents come in rising order of the value, with body and value', async () => {
    const values = [-1e15, -2, -0.5, 0, 0.25, 1, 2, 10, 1e15, 2 ** 53 - 1];
    const documents = values.map((rank, i) => put(`key-${String(i)}`, { rank }));
    await startWith(models(), ...shuffled(documents));
    const rows = await readPages(models(), { index: 'rank', limit: 100 });
    expect(rows.map(({ value }) => value)).toEqual(values);
    expect(rows.map(({ key, body }) => ({ key, body }))).toEqual(
      documents.map(({ key, body }) => ({ key, body })),
    );
  });

  test('documents of the same value come in the order of their keys’ bytes', async () => {
    const documents = KEYS_IN_BYTE_ORDER.map((key) => put(key, { rank: 5 }));
    await startWith(models(), put('z', { rank: 4 }), put('0', { rank: 6 }), ...shuffled(documents));
    for (const limit of [1, 2, 5, 100]) {
      const rows = await readPages(models(), { index: 'rank', limit });
      expect(keysOf(rows)).toEqual(['z', ...KEYS_IN_BYTE_ORDER, '0']);
    }
  });

  test('pages of any length hold every document once', async () => {
    const documents = Array.from({ length: 200 }, (_, i) =>
      put(`key-${String((i * 37) % 200)}`, { rank: i % 7 }),
    );
    await startWith(models(), ...documents);
    const whole = keysOf(await readPages(models(), { index: 'rank', limit: 1_000 }));
    expect(new Set(whole).size).toBe(200);
    for (const limit of [1, 3, 50, 199, 200]) {
      expect(keysOf(await readPages(models(), { index: 'rank', limit }))).toEqual(whole);
    }
  });

  test('a page begins after the place named, whether anything is there or not', async () => {
    await startWith(models(), put('b', { rank: 1 }), put('d', { rank: 1 }), put('a', { rank: 2 }));
    const after = (value: number, key: string): Promise<readonly string[]> =>
      read(models(), async (documents) =>
        keysOf(await documents.page({ index: 'rank', limit: 10, after: { value, key } })),
      );
    expect(await after(0, 'z')).toEqual(['b', 'd', 'a']);
    expect(await after(1, 'a')).toEqual(['b', 'd', 'a']);
    expect(await after(1, 'b')).toEqual(['d', 'a']);
    expect(await after(1, 'c')).toEqual(['d', 'a']);
    expect(await after(1.5, '')).toEqual(['a']);
    expect(await after(2, 'a')).toEqual([]);
  });

  test('a document without a value is not in that index, but in the others', async () => {
    await startWith(models(), put('a', { rank: 1 }), put('b', { since: 1 }), put('c'));
    const keysBy = async (index: string): Promise<readonly string[]> =>
      keysOf(await readPages(models(), { index, limit: 10 }));
    expect(await keysBy('rank')).toEqual(['a']);
    expect(await keysBy('since')).toEqual(['b']);
  });

  test('where leaves out what has a lower value of the other index, or none', async () => {
    await startWith(
      models(),
      put('low', { rank: 1, since: 4 }),
      put('at', { rank: 2, since: 5 }),
      put('none', { rank: 3 }),
      put('high', { rank: 4, since: 6 }),
      put('also high', { rank: 4, since: 5.5 }),
    );
    const where = { index: 'since', from: 5 };
    for (const limit of [1, 2, 10]) {
      const rows = await readPages(models(), { index: 'rank', limit, where });
      expect(keysOf(rows)).toEqual(['at', 'also high', 'high']);
    }
  });

  test('where leaves out what has a value of the other index from a bound on', async () => {
    await startWith(
      models(),
      put('low', { rank: 1, since: 4 }),
      put('at', { rank: 2, since: 5 }),
      put('bound', { rank: 3, since: 6 }),
      put('none', { rank: 4 }),
      put('between', { rank: 5, since: 5.5 }),
    );
    const where = { index: 'since', from: 5, before: 6 };
    for (const limit of [1, 10]) {
      const rows = await readPages(models(), { index: 'rank', limit, where });
      expect(keysOf(rows)).toEqual(['at', 'between']);
    }
  });

  test('count counts the values that are not below a number', async () => {
    await startWith(
      models(),
      put('a', { rank: 1 }),
      put('b', { rank: 2.5 }),
      put('c', { rank: 2.5 }),
      put('d', { since: 9 }),
    );
    const from = (value: number): Promise<number> =>
      read(models(), (documents) => documents.count('rank', value));
    expect(await Promise.all([from(-5), from(1), from(1.1), from(2.5), from(3)])).toEqual([
      3, 3, 2, 2, 0,
    ]);
  });

  test('an index of nothing is empty', async () => {
    await startWith(models());
    expect(await readPages(models(), { index: 'rank', limit: 5 })).toEqual([]);
    expect(await read(models(), (documents) => documents.count('rank', -1))).toBe(0);
  });
}
