import { sendGraphql, type GraphqlAnswer } from './graphql.js';
import { sendEvents } from './http.js';

/** A server, and the position up to which its answers have to know everything, if any. */
export interface Asked {
  readonly url: string;
  readonly position?: string;
}

/** All fields of `Figures`. */
const FIGURES_FIELDS = `views qualifiedViews anonymousViews viewsWithoutStates open
  uniqueViewers uniqueViewersExact watchTime averageWatchTime completionRate
  attempts startFailureRate exitBeforeStartRate playbackFailureRate
  startupTime { p50 p75 p95 count } stalls stalledTime rebufferRatio stallsPerHour
  bytes averageMbps cost peakConcurrentViewers peakAt
  byQuality { quality watchTime bytes stalls }`;

const FIGURES = `query($range: RangeInput!, $filter: [FilterInput!], $compare: Comparison) {
  figures(range: $range, filter: $filter, compare: $compare) {
    period { from to completeUntil } figures { ${FIGURES_FIELDS} }
    previous { ${FIGURES_FIELDS} } previousPeriod { from to completeUntil } sampled } }`;

const SERIES = `query($range: RangeInput!, $interval: Interval!, $metrics: [Metric!]!,
  $filter: [FilterInput!], $compare: Comparison) {
  timeSeries(range: $range, interval: $interval, metrics: $metrics, filter: $filter,
    compare: $compare) {
    period { from to completeUntil } interval at series { metric values previous } sampled } }`;

const BREAKDOWN = `query($range: RangeInput!, $by: Dimension!, $filter: [FilterInput!],
  $orderBy: Metric! = VIEWS, $minViews: Int! = 0, $minAttempts: Int! = 0, $search: String,
  $compare: Comparison, $first: Int!, $after: String) {
  breakdown(range: $range, by: $by, filter: $filter, orderBy: $orderBy, minViews: $minViews,
    minAttempts: $minAttempts, search: $search, compare: $compare, first: $first, after: $after) {
    edges { cursor node { value label share figures { ${FIGURES_FIELDS} }
      previous { ${FIGURES_FIELDS} } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount total { ${FIGURES_FIELDS} } sampled } }`;

const RETENTION = `query($mediaId: ID!, $range: RangeInput!, $filter: [FilterInput!]) {
  retention(mediaId: $mediaId, range: $range, filter: $filter) {
    mediaId duration views audience plays sampled } }`;

/** Sends events of the past to a server without keys, as an import does. */
export async function sendPast(url: string, events: readonly object[]): Promise<Required<Asked>> {
  const { status, json, text } = await sendEvents(url, events, { import: 'past' });
  if (status !== 202 || json.accepted !== events.length) throw new Error(text);
  return { url, position: String(json.position) };
}

/** Asks for all figures. */
export const askFigures = (asked: Asked, variables: object): Promise<GraphqlAnswer> =>
  ask(asked, FIGURES, variables);

/** Asks for a series. */
export const askSeries = (asked: Asked, variables: object): Promise<GraphqlAnswer> =>
  ask(asked, SERIES, variables);

/** Asks for a table. */
export const askBreakdown = (asked: Asked, variables: object): Promise<GraphqlAnswer> =>
  ask(asked, BREAKDOWN, variables);

/** Asks how far into a title its viewers went. */
export const askRetention = (asked: Asked, variables: object): Promise<GraphqlAnswer> =>
  ask(asked, RETENTION, variables);

/** Asks anything, once everything is known that was sent. */
export const ask = (
  { url, position }: Asked,
  query: string,
  variables: object = {},
): Promise<GraphqlAnswer> =>
  sendGraphql(
    url,
    { query, variables: { ...variables } },
    position === undefined ? {} : { 'read-after': position },
  );

/** Gives the only field of a good answer. */
export function answerOf({ data, errors, text }: GraphqlAnswer): unknown {
  if (errors.length > 0 || !data) throw new Error(text.slice(0, 1_000));
  return Object.values(data)[0];
}
