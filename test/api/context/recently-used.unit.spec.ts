import { RecentlyUsed } from '../../../src/api/context/recently-used.js';

it('forgets what was not used for the longest', () => {
  const worked: string[] = [];
  const kept = new RecentlyUsed<string>(2);
  const ask = (key: string): string =>
    kept.get(key, () => {
      worked.push(key);
      return key.toUpperCase();
    });
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map(ask)).toEqual(['A', 'B', 'A', 'C', 'A', 'B']);
  expect(worked).toEqual(['a', 'b', 'c', 'b']);
});
