import type { Dimension } from '../domain/figures/dimensions.js';

/** The figures of the API that are shown. Times are in seconds, rates 0 to 1. */
export interface Figures {
  readonly views: number;
  readonly uniqueViewers: number;
  readonly anonymousViews: number;
  readonly watchTime: number;
  readonly averageWatchTime: number | null;
  readonly completionRate: number | null;
  readonly attempts: number;
  readonly startFailureRate: number | null;
  readonly exitBeforeStartRate: number | null;
  readonly playbackFailureRate: number | null;
  readonly startupTime: { readonly p50: number; readonly p95: number } | null;
  readonly stallsPerHour: number | null;
  readonly rebufferRatio: number | null;
  readonly bytes: number;
  readonly cost: number;
  readonly peakConcurrentViewers: number;
  readonly peakAt: string | null;
}

export interface FiguresReport {
  readonly figures: Figures;
  /** The share of viewers that the figures are estimated from; 1: all. */
  readonly sampled: number;
}

export interface Breakdown {
  readonly edges: readonly {
    readonly node: {
      readonly value: string;
      readonly label: string;
      readonly share: number;
      readonly figures: Pick<Figures, 'views' | 'watchTime' | 'startFailureRate' | 'rebufferRatio'>;
    };
  }[];
  readonly totalCount: number;
  readonly sampled: number;
}

/** Variables that both queries take. */
export interface FiguresAsked {
  readonly range: { readonly from: string; readonly to: string; readonly timeZone: string };
  readonly filter: readonly {
    readonly dimension: Dimension;
    readonly anyOf: readonly string[];
    readonly exclude: boolean;
  }[];
}

/** The queries of FiguresReport and Breakdown. */
export const FIGURE_QUERIES = {
  figures: `query ($range: RangeInput!, $filter: [FilterInput!]) {
    figures(range: $range, filter: $filter) {
      sampled
      figures {
        views uniqueViewers anonymousViews watchTime averageWatchTime completionRate
        attempts startFailureRate exitBeforeStartRate playbackFailureRate
        startupTime { p50 p95 } stallsPerHour rebufferRatio
        bytes cost peakConcurrentViewers peakAt
      }
    }
  }`,
  breakdown: `query (
    $range: RangeInput!, $filter: [FilterInput!], $by: Dimension!, $first: Int!
  ) {
    breakdown(range: $range, filter: $filter, by: $by, first: $first) {
      totalCount sampled
      edges {
        node { value label share figures { views watchTime startFailureRate rebufferRatio } }
      }
    }
  }`,
} as const;
