import { timesOf } from '../../dashboard/charts/axis-times.js';

// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { mixed } = await load<{
  readonly mixed: (colour: string, ground: string, share: number) => string;
}>('../../dashboard/charts/colours.js');

it('stacked areas are in their own colour, mixed with the ground and not with each other', () => {
  expect(mixed('rgb(200, 100, 0)', 'rgb(0, 0, 0)', 0.5)).toBe('rgb(100,50,0)');
  expect(mixed('rgba(10, 20, 30, 1)', 'rgb(255, 255, 255)', 1)).toBe('rgb(10,20,30)');
});

it('an axis of months names each of them once', () => {
  const days = (count: number): number => Date.UTC(2025, 11, 1) / 1_000 + count * 86_400;
  const months = timesOf(
    Array.from({ length: 13 }, (_, i) => days(i * 28)),
    'UTC',
  );
  expect(months.slice(0, 3)).toEqual(['Dec 2025', '', 'Jan 2026']);
  expect(new Set(months.filter((name) => name !== '')).size).toBe(
    months.filter((name) => name !== '').length,
  );
  expect(timesOf([days(0), days(7)], 'UTC')).toEqual(['1 Dec', '8 Dec']);
});
