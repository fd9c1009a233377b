import { inNfc } from '../../../src/domain/text.js';
import type { Session } from './sessions.js';

/** What figures can be told apart by: the value that a session has; '' is "not known". */
const VALUE_OF = {
  MEDIA: ({ mediaId }) => mediaId,
  QUALITY: ({ quality }) => quality,
  COUNTRY: ({ context }) => context.country,
  DEVICE: ({ context }) => context.device,
  OS: ({ context }) => context.os,
  BROWSER: ({ context }) => context.browser,
  PLAYER: ({ context }) => context.player,
  APP: ({ context }) => context.app,
  CDN: ({ context }) => context.cdn,
  REFERRER: ({ context }) => context.referrer,
  PAGE: ({ context }) => context.page,
  // "LIVE: "true", "false"."
  LIVE: ({ context: { live } }) => (live === undefined ? undefined : String(live)),
  END_REASON: ({ endReason }) => endReason,
  ERROR_CODE: ({ errorCode }) => errorCode,
  CUSTOM_1: ({ context }) => context.custom1,
  CUSTOM_2: ({ context }) => context.custom2,
  CUSTOM_3: ({ context }) => context.custom3,
} as const satisfies Readonly<Record<string, (session: Session) => string | undefined>>;

export type Dimension = keyof typeof VALUE_OF;
export const DIMENSIONS = Object.keys(VALUE_OF) as readonly Dimension[];

export const valueOf = (session: Session, dimension: Dimension): string =>
  VALUE_OF[dimension](session) ?? '';

export interface Filter {
  readonly dimension: Dimension;
  readonly anyOf: readonly string[];
  readonly exclude?: boolean;
}

/** "several filters: all hold; a value that nobody has matches nothing" */
export const isSlice = (session: Session, filters: readonly Filter[]): boolean =>
  filters.every(({ dimension, anyOf, exclude = false }) => {
    const isAny = anyOf.map(inNfc).includes(valueOf(session, dimension));
    return isAny !== exclude;
  });
