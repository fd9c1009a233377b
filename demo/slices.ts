import type { Breakdown, FiguresAsked, FiguresReport } from '../src/cli/figure-queries.js';
import type { Circumstances } from './circumstances.js';
import type { PlayheadClient } from './client.js';
import { differ } from './proof.js';
import type { StreamingEvent } from './recordings.js';
import { figuresOf, SAME_NAMES, type SessionFigures } from './session-figures.js';

/** What sessions are told apart by, and what of their circumstances says so. */
const members = {
  COUNTRY: 'country',
  DEVICE: 'device',
  PLAYER: 'player',
  OS: 'os',
  BROWSER: 'browser',
  APP: 'app',
  CDN: 'cdn',
  REFERRER: 'referrer',
  PAGE: 'page',
  LIVE: 'live',
} as const satisfies Readonly<Record<string, keyof Circumstances>>;
type Dimension = keyof typeof members | 'MEDIA';
const dimensions = ['MEDIA', ...Object.keys(members)] as readonly Dimension[];

/** More than the values of any dimension here. */
const rowsMax = 100;

const fields = `figures {
  views anonymousViews uniqueViewers watchTime averageWatchTime completionRate attempts
  startFailureRate exitBeforeStartRate playbackFailureRate startupTime { p50 p95 count }
  stalls stalledTime stallsPerHour rebufferRatio bytes cost peakConcurrentViewers peakAt
}`;
const figuresQuery = `query ($range: RangeInput!) { figures(range: $range) { sampled ${fields} } }`;
const breakdownQuery = `query ($range: RangeInput!, $by: Dimension!, $first: Int!) {
  breakdown(range: $range, by: $by, first: $first) {
    totalCount sampled edges { node { value label share ${fields} } }
  }
}`;

/** The answers about the sessions of a time, as a whole and by each dimension. */
export interface Slices {
  readonly figures: FiguresReport;
  readonly breakdowns: ReadonlyMap<Dimension, Breakdown>;
}

/** Asks for the figures of all sessions of a time, once the read models have passed `positions`. */
export async function askSlices(
  client: PlayheadClient,
  range: FiguresAsked['range'],
  positions: readonly string[],
): Promise<Slices> {
  const { data } = await client.ask<{ figures: FiguresReport }>(figuresQuery, { range }, positions);
  const breakdowns = new Map<Dimension, Breakdown>();
  for (const by of dimensions) {
    const variables = { range, by, first: rowsMax };
    const answer = await client.ask<{ breakdown: Breakdown }>(breakdownQuery, variables, positions);
    breakdowns.set(by, answer.data.breakdown);
  }
  return { figures: data.figures, breakdowns };
}

type Sessions = readonly (readonly StreamingEvent[])[];

/** Lists the figures in which slices differ from the sent sessions; empty if all agree. */
export function findSliceMismatches(
  sessions: Sessions,
  { figures, breakdowns }: Slices,
): readonly string[] {
  return [
    ...compare('all', figures.figures, figuresOf(sessions)),
    ...[...breakdowns].flatMap(([by, breakdown]) => compareRows(by, breakdown, sessions)),
  ];
}

function compareRows(by: Dimension, breakdown: Breakdown, sessions: Sessions): readonly string[] {
  const slices = new Map<string, (readonly StreamingEvent[])[]>();
  for (const session of sessions) {
    const value = valueOf(by, session);
    slices.set(value, [...(slices.get(value) ?? []), session]);
  }
  const rows = new Map(breakdown.edges.map(({ node }) => [node.value, node.figures]));
  return [
    ...differ(`${by}: values`, breakdown.totalCount, slices.size),
    ...[...slices].flatMap(([value, slice]) =>
      compare(`${by} ${value}`, rows.get(value), figuresOf(slice)),
    ),
  ];
}

function valueOf(by: Dimension, [first]: readonly StreamingEvent[]): string {
  if (by === 'MEDIA') return first?.mediaId ?? '';
  return String(first?.context?.[members[by]] ?? '');
}

type Told = Partial<Record<keyof SessionFigures, number | null>> & {
  readonly startupTime?: { readonly count?: number } | null;
};

function compare(name: string, told: object | undefined, sent: SessionFigures): readonly string[] {
  const { startupTime, ...figures }: Told = told ?? {};
  return [
    ...differ(`${name}: startup times`, startupTime?.count ?? 0, sent.startupCount),
    ...SAME_NAMES.flatMap((figure) =>
      differ(`${name}: ${figure}`, figures[figure] ?? undefined, sent[figure] ?? undefined),
    ),
  ];
}
