import { setTimeout as pause } from 'node:timers/promises';
import type { QueryBus } from '@nestjs/cqrs';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.js';
import { BreakdownQuery, type WantedBreakdown } from '../../queries/figures/breakdown.query.js';
import {
  TimeSeriesQuery,
  type AskingTerms,
  type Interval,
  type Metric,
  type WantedFigures,
} from '../../queries/figures/figures.query.js';
import {
  SessionsQuery,
  type Session,
  type WantedSessions,
} from '../../queries/sessions/sessions.query.js';
import {
  seriesColumns,
  SESSION_COLUMNS,
  tableColumns,
  type Column,
  type SeriesLine,
  type TableLine,
} from './columns.js';

/** The contents of a file: its columns, and its lines in pages. */
export interface Table<Line> {
  readonly columns: readonly Column<Line>[];
  readonly pages: AsyncGenerator<readonly Line[], undefined>;
}

const PAGE_LINES = 1_000;
/** The price of a session's title with its views, in the unit of query costs. */
const SESSION_PRICE = 0.5;
const ALL_PARTS = { uniqueViewers: true, startupTime: true, peak: true };

/** The errors that pass by themselves: a file that has begun waits for the end of them. */
const PASSING: readonly ErrorCode[] = ['RATE_LIMITED', 'OVERLOADED', 'READ_MODEL_BEHIND'];
const WAIT_MS_MAX = MINUTE_MS;

/** Makes tables from the answers of queries. */
export class Tables {
  constructor(
    private readonly queryBus: QueryBus,
    private readonly terms: AskingTerms,
  ) {}

  /** Returns all sessions, the earliest first. Each page is read on a state of its own. */
  sessions(wanted: Omit<WantedSessions, 'orderBy' | 'first' | 'after'>): Table<Session> {
    return { columns: SESSION_COLUMNS, pages: this.sessionPages(wanted) };
  }

  breakdown(wanted: Omit<WantedBreakdown, 'first' | 'after'>): Table<TableLine> {
    const columns = tableColumns(wanted.compare !== undefined);
    return { columns, pages: this.tablePages(wanted) };
  }

  series(wanted: WantedFigures, interval: Interval, metrics: readonly Metric[]): Table<SeriesLine> {
    const columns = seriesColumns(metrics, wanted.compare !== undefined);
    const query = new TimeSeriesQuery(wanted, interval, metrics, this.terms);
    return { columns, pages: this.seriesPages(query) };
  }

  private async *sessionPages(
    wanted: Omit<WantedSessions, 'orderBy' | 'first' | 'after'>,
  ): Table<Session>['pages'] {
    const list = { ...wanted, orderBy: 'EARLIEST', first: PAGE_LINES } as const;
    for (let after: string | undefined; ;) {
      const query = new SessionsQuery({ ...list, after }, { media: true }, this.terms);
      const read = async () => {
        const page = await this.queryBus.execute(query);
        this.terms.charge(page.edges.length * SESSION_PRICE);
        return page;
      };
      const { edges, pageInfo } = await (after === undefined ? read() : patiently(read));
      yield edges.map(({ node }) => node);
      if (!pageInfo.hasNextPage) return;
      after = pageInfo.endCursor;
    }
  }

  private async *tablePages(
    wanted: Omit<WantedBreakdown, 'first' | 'after'>,
  ): Table<TableLine>['pages'] {
    const parts = { rows: ALL_PARTS, total: undefined };
    for (let after: string | undefined; ;) {
      const page = { ...wanted, first: PAGE_LINES, after };
      const query = new BreakdownQuery(page, parts, this.terms);
      const read = () => this.queryBus.execute(query);
      const answer = await (after === undefined ? read() : patiently(read));
      yield answer.edges.map(({ node }) => ({ node, sampled: answer.sampled }));
      if (!answer.pageInfo.hasNextPage) return;
      after = answer.pageInfo.endCursor;
    }
  }

  private async *seriesPages(query: TimeSeriesQuery): Table<SeriesLine>['pages'] {
    const { at, series, sampled } = await this.queryBus.execute(query);
    yield at.map((timeMs, i) => ({
      at: timeMs,
      values: series.map(({ values }) => values[i] ?? null),
      previous: series.map(({ previous }) => previous?.[i] ?? null),
      sampled,
    }));
  }
}

/** Does some work; tries again for a while after errors that pass by themselves. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + WAIT_MS_MAX;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isPassing = error instanceof PlayheadError && PASSING.includes(error.code);
      if (!isPassing || performance.now() >= deadline) throw error;
      await pause(Number(error.details.retryAfterSeconds ?? 1) * SECOND_MS);
    }
  }
}
