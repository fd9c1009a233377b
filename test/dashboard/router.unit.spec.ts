interface Filter {
  readonly dimension: string;
}
/** What a browser has of the page: its address, and those before. */
const place = { pathname: '/', search: '?r=28d&x=1' };
const before: string[] = [];
Object.assign(globalThis, {
  location: place,
  history: {
    pushState: (_: unknown, _title: string, link: string) => {
      before.push(place.pathname + place.search);
      const [pathname = '', search] = link.split('?');
      Object.assign(place, { pathname, search: search === undefined ? '' : `?${search}` });
    },
  },
});
// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { go, goRange, holding, ignored } = await load<{
  readonly go: (change: object) => void;
  readonly goRange: (range: object) => void;
  readonly holding: { readonly value: readonly Filter[] };
  readonly ignored: { readonly value: readonly string[] };
}>('../../dashboard/address/router.js');

it('goes to another address, and not to the same one again', () => {
  const metric = 'WATCH_TIME';
  expect(ignored.value).toEqual(['x=1']);
  // It says the same, but without what was not understood.
  go({ compare: 'PREVIOUS' });
  expect([place.search, ignored.value]).toEqual(['?r=28d', []]);
  go({ metric });
  go({ metric });
  go({ range: { word: '28d' } });
  expect([before.length, place.search]).toEqual([2, '?r=28d&m=watchTime']);
});

const filters = ['MEDIA', 'COUNTRY'].map((dimension) => ({
  ...{ dimension, anyOf: ['X'], exclude: false },
}));

it("lets no filter of titles hold on a title's page, and brings it back elsewhere", () => {
  const held = (): readonly string[] => holding.value.map(({ dimension }) => dimension);
  go({ page: 'media', id: 'a', filters });
  expect(held()).toEqual(['COUNTRY']);
  go({ page: 'overview', id: undefined });
  expect(held()).toEqual(['MEDIA', 'COUNTRY']);
});

it("lets nothing hold on a session's page, from which another range leads to the list", () => {
  go({ page: 'sessions', id: 'one', range: { word: '7d' }, filters });
  expect(holding.value).toEqual([]);
  goRange({ word: '28d' });
  expect(place.pathname).toBe('/sessions');
  expect(new URLSearchParams(place.search).get('id')).toBeNull();
  expect(new URLSearchParams(place.search).get('r')).toBe('28d');
  expect(holding.value).toHaveLength(2);
});
