import { DIMENSIONS } from '../domain/figures/dimensions.js';
import { quote } from '../domain/text.js';
import { momentOf } from '../queries/ranges/moment.js';
import { timeZoneNamed } from '../queries/ranges/time-zone.js';
import { WrongUsage } from './failure.js';
import type { FiguresAsked } from './figure-queries.js';

/** The ends of a range, as options give them. */
export interface RangeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly tz?: string;
}

/** Reads a range: times, or days of the zone, which begin at its midnight. */
export function rangeOf({ from, to, tz = 'UTC' }: RangeOptions): FiguresAsked['range'] {
  if (from === undefined || to === undefined) {
    throw new WrongUsage('--from and --to go together: give both');
  }
  const timeZone = timeZoneNamed(tz);
  if (timeZone === undefined) {
    throw new WrongUsage(`--tz: ${quote(tz)} is no time zone, such as Europe/Berlin`);
  }
  const read = (option: string, text: string): number => {
    const moment = momentOf(text, timeZone);
    if (moment !== undefined) return moment;
    const examples = 'a day such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z';
    throw new WrongUsage(`${option}: ${quote(text)} is not ${examples}`);
  };
  const [start, end] = [read('--from', from), read('--to', to)];
  if (end <= start) {
    throw new WrongUsage('--to: must lie after --from; its day is not part of the range');
  }
  const [fromTime, toTime] = [start, end].map((ms) => new Date(ms).toISOString());
  return { from: fromTime ?? '', to: toTime ?? '', timeZone };
}

type Filters = FiguresAsked['filter'];

/** The option for filters, each time that it is given. */
export const FILTER_OPTION = [
  '--filter <filter>',
  'only what is so, or is not: country=DE, device!=TV',
  (text: string, before: Filters = []): Filters => [...before, filterOf(text)],
] as const;

const FILTER = /^([a-z0-9_-]+)(!?)=(.*)$/is;

/** Reads a filter: `country=DE`, `device=PHONE,TABLET`, or what is left out: `country!=DE`. */
function filterOf(text: string): FiguresAsked['filter'][number] {
  const [, name = '', not, values = ''] = FILTER.exec(text) ?? [];
  const wanted = name.toUpperCase().replaceAll('-', '_');
  const dimension = DIMENSIONS.find((known) => known === wanted);
  if (dimension === undefined) {
    const fault = name === '' ? `${quote(text)} is not like country=DE` : `knows no ${quote(name)}`;
    const names = DIMENSIONS.map((known) => known.toLowerCase()).join(', ');
    throw new WrongUsage(`--filter: ${fault}; it goes by ${names}`);
  }
  return { dimension, anyOf: values.split(','), exclude: not === '!' };
}
