const number = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
const shares = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const plurals = new Intl.PluralRules('en');
const COMPACT_FROM = 100_000;

/** Writes a count: large ones in four digits. */
export const told = (count: number): string =>
  (count < COMPACT_FROM ? number : compact).format(count);

/** Writes a count with what is counted. */
export const counted = (count: number, one: string, other = `${one}s`): string =>
  `${told(count)} ${plurals.select(count) === 'one' ? one : other}`;

/** Writes a share of a sample: less than all of it is not told as all. */
export function percent(share: number): string {
  const told = shares.format(share * 100);
  return `${share < 1 && told === '100' ? '> 99' : told} %`;
}
