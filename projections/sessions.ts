import { isPlaybackEvent, type DomainEvent, type Recorded } from '../src/domain/event.js';
import { PLACE, type FigureCounts } from '../src/domain/figures/figure-counts.js';
import {
  withSessionEvent,
  type SessionEvent,
  type SessionRow,
  type RowSettings,
} from '../src/domain/figures/session-row.js';
import {
  HEARD_OF_IN,
  placeAmongAll,
  placeHeardOf,
  placeInTitle,
  REACHED_DAY,
  reachedDay,
  SESSION,
  STARTED_ON,
  type SessionParts,
  TITLE_STARTED_ON,
} from '../src/domain/figures/session-places.js';
import {
  differencesBetween,
  FIGURES,
  SESSION_VIEWERS,
  STARTUPS,
  WATCHED_MINUTES,
  withFigures,
  withMinutes,
  withStartups,
  withViewers,
  type SpanParts,
} from '../src/domain/figures/session-sums.js';
import { SPAN_MS, type ViewerSpan } from '../src/domain/figures/spans.js';
import { DAY_MS, dayOf, HOUR_MS } from '../src/domain/time.js';
import {
  createProjection,
  RETIRES_AT,
  type FoldSettings,
  type IndexValues,
  type Totals,
} from '../src/ports/projection.js';

/** The settings that the sessions are folded with. */
export interface SessionSettings extends RowSettings, FoldSettings {}

/** The settings of a node that sets nothing else. */
const SETTINGS: SessionSettings = { qualifiedViewMs: 30_000, liveWindowMs: 75_000 };

const isSessionEvent = (event: DomainEvent): event is SessionEvent =>
  isPlaybackEvent(event) && event.type !== 'quality_reported';

// Ids as they came: releases before 0.2 told the spellings of an id apart.
const keysOf = ({ data: { mediaId, sessionId, view = 0 } }: SessionEvent): readonly string[] => [
  SESSION.key(mediaId, sessionId, view),
];

const evolve = (
  row: SessionRow | undefined,
  event: Recorded<SessionEvent>,
  _: SessionParts,
  settings: FoldSettings,
): SessionRow | undefined => withSessionEvent(row, event, { ...SETTINGS, ...settings });

function indexValuesOf(row: SessionRow): IndexValues {
  const reached = reachedDay(row);
  return {
    // Whole minutes and days: most events leave the indexes as they are.
    [RETIRES_AT]: (dayOf(row.lastAt) + 1) * DAY_MS,
    [HEARD_OF_IN]: placeHeardOf(row),
    [STARTED_ON]: placeAmongAll(row),
    [TITLE_STARTED_ON]: placeInTitle(row),
    ...(reached !== undefined && { [REACHED_DAY]: reached }),
  };
}

const measured = (counts: FigureCounts): Totals => ({
  sessions: 1,
  views: counts[PLACE.views] ?? 0,
  watchedMs: counts[PLACE.watchedMs] ?? 0,
  stalledMs: counts[PLACE.stalledMs] ?? 0,
  stalls: counts[PLACE.stalls] ?? 0,
  bytes: counts[PLACE.bytes] ?? 0,
});

/**
 * The functions that sums share: a sum expires with the time that it is of, and adds nothing to the
 * totals, which are measured on the sessions.
 */
const ofSpan = {
  indexValuesOf: (_: object, [, span, number]: SpanParts<ViewerSpan>): IndexValues => ({
    [RETIRES_AT]: (number + 1) * SPAN_MS[span],
  }),
  measure: (): Totals => ({}),
};

/**
 * The sessions, and sums over them for each quarter of an hour, for all titles and for each. The
 * rollup finds idle sessions here, too, to end them.
 */
export const sessions = createProjection<
  [typeof SESSION],
  SessionEvent,
  [typeof FIGURES, typeof STARTUPS, typeof SESSION_VIEWERS, typeof WATCHED_MINUTES]
>({
  name: 'sessions',
  version: 8,
  indexes: [RETIRES_AT, HEARD_OF_IN, STARTED_ON, TITLE_STARTED_ON, REACHED_DAY],
  takes: isSessionEvent,
  keysOf,
  folds: [{ kind: SESSION, evolve, indexValuesOf, measure: ({ counts }) => measured(counts) }],
  sums: {
    over: SESSION,
    differencesOf: differencesBetween,
    folds: [
      { kind: FIGURES, add: withFigures, ...ofSpan },
      { kind: STARTUPS, add: withStartups, ...ofSpan },
      { kind: SESSION_VIEWERS, add: withViewers, ...ofSpan },
      {
        kind: WATCHED_MINUTES,
        add: withMinutes,
        indexValuesOf: (_, [, hour]) => ({ [RETIRES_AT]: (hour + 1) * HOUR_MS }),
        measure: ofSpan.measure,
      },
    ],
  },
});
