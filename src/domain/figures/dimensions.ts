import type { SessionRow } from './session-row.js';

/**
 * The dimensions of sessions, each with the paths of its value in a row. The first path with a
 * value counts.
 */
export const DIMENSION_PATHS = {
  MEDIA: ['mediaId'],
  QUALITY: ['quality'],
  COUNTRY: ['context.country'],
  DEVICE: ['context.device'],
  OS: ['context.os'],
  BROWSER: ['context.browser'],
  PLAYER: ['context.player'],
  APP: ['context.app'],
  CDN: ['context.cdn'],
  REFERRER: ['context.referrer'],
  PAGE: ['context.page'],
  LIVE: ['context.live'],
  END_REASON: ['endReason'],
  ERROR_CODE: ['failureCode', 'errorCode'],
  CUSTOM_1: ['context.custom1'],
  CUSTOM_2: ['context.custom2'],
  CUSTOM_3: ['context.custom3'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Dimension = keyof typeof DIMENSION_PATHS;
export const DIMENSIONS = Object.keys(DIMENSION_PATHS) as readonly Dimension[];

/** The members on the way to a value. */
const STEPS = Object.fromEntries(
  DIMENSIONS.map((dimension) => [
    dimension,
    DIMENSION_PATHS[dimension].map((path) => path.split('.')),
  ]),
) as unknown as Readonly<Record<Dimension, readonly [outer: string, inner?: string][]>>;

/** Returns a session's value of a dimension; '' if it is not known. */
export function dimensionOf(row: SessionRow, dimension: Dimension): string {
  for (const [outer, inner] of STEPS[dimension]) {
    const found = (row as unknown as Members)[outer];
    const value = inner === undefined ? found : (found as Members | undefined)?.[inner];
    if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  }
  return '';
}

type Members = Readonly<Record<string, unknown>>;
