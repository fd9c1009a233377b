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
const heard = new Map<string, () => void>();
Object.assign(globalThis, {
  addEventListener: (name: string, then: () => void) => heard.set(name, then),
  document: { addEventListener: () => undefined },
});
/** Goes where somebody typed an address, or pressed the browser's arrow. */
const arrive = (search: string): void => {
  place.search = search;
  heard.get('popstate')?.();
};
// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { followLinks, go, goRange, holding, ignored } = await load<{
  readonly followLinks: () => void;
  readonly go: (change: object) => void;
  readonly goRange: (range: object) => void;
  readonly holding: { readonly value: readonly Filter[] };
  readonly ignored: { readonly value: readonly string[] };
}>('../../dashboard/address/router.js');
followLinks();
const { onlyOf, sessionsBehind } = await load<{
  readonly onlyOf: (by: string, value: string) => readonly Filter[];
  readonly sessionsBehind: (
    metric: string,
    filters: readonly Filter[],
  ) => { readonly href: string };
}>('../../dashboard/panels/sessions-behind.js');
const { leftOut } = await load<{ readonly leftOut: { readonly value: readonly string[] } }>(
  '../../dashboard/address/tabs.js',
);

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

it("leaves filters of titles behind on the way to a title's page, also for what comes next", () => {
  const held = (): readonly string[] => holding.value.map(({ dimension }) => dimension);
  go({ page: 'overview', filters });
  go({ page: 'media', id: 'a' });
  expect([place.search, held()]).toEqual(['?id=a&r=28d&m=watchTime&f=country:X', ['COUNTRY']]);
  go({ page: 'live', id: undefined });
  expect(held()).toEqual(['COUNTRY']);
  // Its sessions are filtered by it, and so is what they lead to.
  go({ page: 'sessions', filters });
  expect(held()).toEqual(['MEDIA', 'COUNTRY']);
});

it('keeps the tab of a table where the next page has the same ones, and nowhere else', () => {
  const by = (): string | null => new URLSearchParams(place.search).get('by');
  go({ page: 'overview', by: 'DEVICE' });
  go({ page: 'media', id: 'a' });
  expect(by()).toBe('device');
  go({ page: 'quality', id: undefined });
  expect(by()).toBeNull();
  go({ by: 'CDN' });
  go({ page: 'overview' });
  expect(by()).toBeNull();
});

it('leads from failures to the sessions that failed, and from other figures to all', () => {
  const filters = [{ dimension: 'COUNTRY', anyOf: ['DE'], exclude: false }];
  go({ page: 'overview', range: { word: '7d' }, metric: 'VIEWS', filters });
  expect(sessionsBehind('START_FAILURE_RATE', filters).href).toBe(
    '/sessions?f=country:DE&failed=1',
  );
  go({ page: 'sessions', failed: true });
  expect(sessionsBehind('VIEWS', filters).href).toBe('/sessions?f=country:DE');
  expect(sessionsBehind('LEFT_EARLY', []).href).toBe('/sessions?f=!endReason:ENDED');
  go({ page: 'media', id: 'a', failed: false });
  expect(onlyOf('DEVICE', 'TV')).toMatchObject([...filters, { anyOf: ['a'] }, { anyOf: ['TV'] }]);
});

it("names filters of titles that stand in the address of a title's page", () => {
  go({ page: 'media', id: 'b' });
  arrive('?id=b&f=media:a&f=country:DE');
  expect(leftOut.value).toEqual(['f=media:a']);
  go({ page: 'overview', id: undefined });
  expect(place.search).toBe('?f=country:DE');
});

it("lets nothing hold on a session's page, from which another range leads to the list", () => {
  go({ page: 'sessions', id: 'one', range: { word: '7d' }, filters });
  expect([holding.value, leftOut.value]).toEqual([[], []]);
  goRange({ word: '28d' });
  expect(place.pathname).toBe('/sessions');
  expect(new URLSearchParams(place.search).get('id')).toBeNull();
  expect(new URLSearchParams(place.search).get('r')).toBe('28d');
  expect(holding.value).toHaveLength(2);
});
