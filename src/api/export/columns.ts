import { STREAM_QUALITIES } from '../../domain/quality.js';
import { CONTEXT_MEMBERS } from '../../domain/session-context.js';
import type { BreakdownConnection } from '../../queries/figures/breakdown.query.js';
import type { Figures, Metric } from '../../queries/figures/figures.query.js';
import type { Session } from '../../queries/sessions/sessions.query.js';

/** The value of a cell; null if it is unknown. */
export type Cell = string | number | boolean | null;

/** A column of a file: its name, and the function that makes its cell of a line. */
export interface Column<Line> {
  readonly name: string;
  readonly of: (line: Line) => Cell;
}

const timeOf = (timeMs: number | null): string | null =>
  timeMs === null ? null : new Date(timeMs).toISOString();

/** The members of a value that can be cells. */
type CellOf<Line> = {
  [Name in keyof Line]: Line[Name] extends Cell ? Name : never;
}[keyof Line] &
  string;

/** Returns a function that makes columns named after the members that they show. */
const namedOf =
  <Line>() =>
  (...names: readonly CellOf<Line>[]): readonly Column<Line>[] =>
    names.map((name) => ({ name, of: (line) => line[name] as Cell }));
const ofSession = namedOf<Session>();
const ofFigures = namedOf<Figures>();

/** The columns of a session, without its viewer. */
export const SESSION_COLUMNS: readonly Column<Session>[] = [
  ...ofSession('id'),
  { name: 'mediaId', of: ({ media }) => media?.mediaId ?? null },
  { name: 'title', of: ({ media }) => media?.title ?? null },
  ...ofSession('state'),
  { name: 'startedAt', of: ({ startedAt }) => timeOf(startedAt) },
  { name: 'lastAt', of: ({ lastAt }) => timeOf(lastAt) },
  ...ofSession('watchTime', 'startupTime', 'completed', 'stalls'),
  ...ofSession('stalledTime', 'bytes', 'quality', 'errorCode'),
  ...CONTEXT_MEMBERS.map((name) => ({
    name,
    of: ({ context }: Session) => context[name] ?? null,
  })),
];

const FIGURE_COLUMNS: readonly Column<Figures>[] = [
  ...ofFigures('views', 'qualifiedViews', 'anonymousViews'),
  ...ofFigures('viewsWithoutStates', 'open', 'uniqueViewers'),
  ...ofFigures('uniqueViewersExact', 'watchTime', 'averageWatchTime'),
  ...ofFigures('completionRate', 'attempts', 'startFailureRate'),
  ...ofFigures('exitBeforeStartRate', 'playbackFailureRate'),
  ...(['p50', 'p75', 'p95', 'count'] as const).map((name) => ({
    name: `startupTime.${name}`,
    of: ({ startupTime }: Figures) => startupTime?.[name] ?? (name === 'count' ? 0 : null),
  })),
  ...ofFigures('stalls', 'stalledTime', 'rebufferRatio', 'stallsPerHour'),
  ...ofFigures('bytes', 'averageMbps', 'cost', 'peakConcurrentViewers'),
  { name: 'peakAt', of: ({ peakAt }) => timeOf(peakAt) },
  ...STREAM_QUALITIES.flatMap((quality) =>
    (['watchTime', 'bytes', 'stalls'] as const).map((name) => ({
      name: `${quality}.${name}`,
      of: ({ byQuality }: Figures) => byQuality.find((one) => one.quality === quality)?.[name] ?? 0,
    })),
  ),
];

/** A line of a table: a value of a dimension with its figures. */
export interface TableLine {
  readonly node: BreakdownConnection['edges'][number]['node'];
  readonly sampled: number;
}

/** Returns the columns of a table, with those of the compared range if there is one. */
export const tableColumns = (isCompared: boolean): readonly Column<TableLine>[] => [
  { name: 'value', of: ({ node }) => node.value },
  { name: 'label', of: ({ node }) => node.label },
  { name: 'share', of: ({ node }) => node.share },
  ...FIGURE_COLUMNS.map(({ name, of }) => ({
    name,
    of: ({ node }: TableLine) => of(node.figures),
  })),
  ...(isCompared ? FIGURE_COLUMNS : []).map(({ name, of }) => ({
    name: `previous.${name}`,
    of: ({ node: { previous } }: TableLine) => (previous === null ? null : of(previous)),
  })),
  { name: 'sampled', of: ({ sampled }) => sampled },
];

/** A line of a series: one bucket. */
export interface SeriesLine {
  readonly at: number;
  readonly values: readonly (number | null)[];
  readonly previous: readonly (number | null)[];
  readonly sampled: number;
}

/** Returns the columns of a series, with those of the compared range if there is one. */
export const seriesColumns = (
  metrics: readonly Metric[],
  isCompared: boolean,
): readonly Column<SeriesLine>[] => [
  { name: 'at', of: ({ at }) => timeOf(at) },
  ...metrics.map((name, i) => ({ name, of: ({ values }: SeriesLine) => values[i] ?? null })),
  ...(isCompared ? metrics : []).map((name, i) => ({
    name: `previous.${name}`,
    of: ({ previous }: SeriesLine) => previous[i] ?? null,
  })),
  { name: 'sampled', of: ({ sampled }) => sampled },
];
