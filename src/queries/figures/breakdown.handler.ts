import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NO_COUNTS, PLACE } from '../../domain/figures/figure-counts.js';
import type { FigureParts, FigureTotals } from '../../domain/figures/figure-totals.js';
import { compareUtf8, folded } from '../../domain/text.js';
import { QUARTER_MS, type Stretch } from '../../domain/time.js';
import { IDENTITY, type Identity } from '../../ports/identity.js';
import type { SliceGroup } from '../../ports/read-model/slices.js';
import { completeUntil } from '../ranges/buckets.js';
import { comparedPeriod } from '../ranges/comparison.js';
import { byQuarterHours } from '../ranges/stretch.js';
import { pageOf } from '../page.js';
import { ReadModels } from '../read-models.js';
import { decodeCursor, encodeCursor, type BreakdownPlace } from './breakdown-cursor.js';
import {
  BreakdownQuery,
  type BreakdownConnection,
  type WantedBreakdown,
} from './breakdown.query.js';
import { FigureReading } from './figure-reading.js';
import { areFolded } from './extent.js';
import { knownZone } from '../ranges/time-zone.js';
import type { AskingTerms, Figures } from './figures.query.js';
import { partsFor, valueOf } from './metrics.js';
import { SliceReading } from './slice-reading.js';
import { labelsOf } from './value-labels.js';

/** A row of the table, before anybody knows whether it is on the page. */
interface Row extends Pick<BreakdownPlace, 'rank' | 'value'> {
  readonly figures: Figures;
}

const NOTHING: FigureTotals = { counts: NO_COUNTS };

@QueryHandler(BreakdownQuery)
export class BreakdownHandler implements IQueryHandler<BreakdownQuery> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly reading: FigureReading,
    private readonly slices: SliceReading,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  async execute({ wanted, parts, terms }: BreakdownQuery): Promise<BreakdownConnection> {
    const { filters, by, orderBy, after, compare } = wanted;
    const place = after === undefined ? undefined : decodeCursor(after, wanted, this.identity);
    const { range, previous } = await this.periodsOf(wanted);
    const rowParts = either(parts.rows, partsFor([orderBy]));
    // The totals of all sessions are what `figures` answers, for which no session is read.
    const sliced = areFolded(filters) ? undefined : parts.total;
    const questions = [
      { stretches: [range], by, parts: rowParts },
      { stretches: previous, by, parts: parts.rows },
      ...(sliced === undefined ? [] : [{ stretches: [range], parts: sliced }]),
    ];
    const slots = place && { from: 0, before: place.slots };
    const read = await this.slices.read({ filters, questions, ...(slots && { slots }) }, terms);
    const [groups = [], before = [], [all] = []] = read.answers;
    const rows = this.rowsOf(groups, wanted);
    const views = rows.reduce((sum, { figures }) => sum + figures.views, 0);
    const listed = await this.listed(rows, wanted, terms);
    const rest = listed.filter((row) => place === undefined || byRank(row, place) > 0);
    const page = rest.slice(0, wanted.first);
    const labels = await this.labelsOf(page, wanted, terms);
    const figuresBefore = new Map(before.map(({ value, totals }) => [value, totals]));
    const cursorOf = ({ rank, value }: Row): string =>
      encodeCursor({ slots: read.slots.before, rank, value }, wanted, this.identity);
    const total =
      parts.total !== undefined && sliced === undefined
        ? await this.foldedTotal(wanted, parts.total, terms)
        : sliced && this.reading.figuresOf(all?.totals ?? NOTHING);
    const edges = page.map((row) => ({
      cursor: cursorOf(row),
      node: {
        value: row.value,
        label: labels.get(row.value) ?? row.value,
        figures: row.figures,
        share: views === 0 ? 0 : (100 * row.figures.views) / views,
        previous:
          compare === undefined || previous.length === 0
            ? null
            : this.reading.figuresOf(figuresBefore.get(row.value) ?? NOTHING),
      },
    }));
    return {
      ...pageOf(edges, { hasNextPage: rest.length > page.length, after: place }),
      totalCount: listed.length,
      total,
      sampled: read.sampled,
    };
  }

  /** Returns the range, and the period that it is compared with, as far as they may be read. */
  private async periodsOf({ range: asked, compare }: WantedBreakdown) {
    const zone = knownZone(asked.timeZone);
    const whole = byQuarterHours(asked);
    const range = this.reading.readable(whole, QUARTER_MS);
    if (compare === undefined) return { range, previous: [] };
    const until = completeUntil(await this.reading.asOf(), whole.to, 'QUARTER_HOUR', zone);
    const { period } = comparedPeriod(compare, whole, zone, until);
    const previous: readonly Stretch[] =
      period.from < period.to ? [this.reading.readable(period, QUARTER_MS)] : [];
    return { range, previous };
  }

  /** Makes a row of each value with a session that started in the range. */
  private rowsOf(groups: readonly SliceGroup[], { orderBy }: WantedBreakdown): readonly Row[] {
    return groups
      .filter(({ totals: { counts } }) => (counts[PLACE.sessions] ?? 0) > 0)
      .map(({ value, totals }) => {
        const figures = this.reading.figuresOf(totals);
        return { value, figures, rank: valueOf(orderBy, figures) };
      });
  }

  /** Returns the rows of the list in its order. */
  private async listed(
    rows: readonly Row[],
    wanted: WantedBreakdown,
    terms: AskingTerms,
  ): Promise<readonly Row[]> {
    const { minViews, minAttempts } = wanted;
    const many = rows.filter(
      ({ figures: { views, attempts } }) => views >= minViews && attempts >= minAttempts,
    );
    return (await this.found(many, wanted, terms)).toSorted(byRank);
  }

  private async found(
    rows: readonly Row[],
    wanted: WantedBreakdown,
    terms: AskingTerms,
  ): Promise<readonly Row[]> {
    const search = folded(wanted.search);
    if (search === '') return rows;
    const labels = await this.labelsOf(rows, wanted, terms);
    return rows.filter(({ value }) =>
      [value, labels.get(value) ?? ''].some((text) => folded(text).includes(search)),
    );
  }

  private labelsOf(rows: readonly Row[], { by }: WantedBreakdown, { readAfter }: AskingTerms) {
    return labelsOf(
      by,
      rows.map(({ value }) => value),
      this.readModels,
      readAfter,
    );
  }

  /** Reads the totals of all sessions, which `figures` answers, too. */
  private async foldedTotal(
    { filters, range }: WantedBreakdown,
    parts: FigureParts,
    terms: AskingTerms,
  ): Promise<Figures> {
    const lists = [[byQuarterHours(range)]];
    const read = await this.reading.read({ filters, lists, parts, stepMs: QUARTER_MS }, terms);
    return read.lists[0]?.[0] ?? this.reading.figuresOf(NOTHING);
  }
}

type Rank = Pick<Row, 'rank' | 'value'>;

/** Orders rows: the greatest first, those without a value last, equal ones by their dimension. */
function byRank(a: Rank, b: Rank): number {
  if (a.rank === b.rank) return compareUtf8(a.value, b.value);
  if (a.rank === null || b.rank === null) return a.rank === null ? 1 : -1;
  return b.rank - a.rank;
}

const either = (a: FigureParts, b: FigureParts): FigureParts => ({
  uniqueViewers: a.uniqueViewers || b.uniqueViewers,
  startupTime: a.startupTime || b.startupTime,
  peak: a.peak || b.peak,
});
