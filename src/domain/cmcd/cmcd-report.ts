import type { Rendition } from './rendition.js';

/** The contents of one report. Each key is checked by itself; a bad one is absent. */
export interface CmcdReport {
  /**
   * The event that caused the report (key `e`), such as `ps` for another play state, or `rr` for a
   * response.
   */
  readonly event: string;
  /**
   * The time of the report by the player's clock (`ts`, epoch milliseconds); for `rr` that of the
   * request.
   */
  readonly at: number;
  /** Its number among the reports of its run (`sn`). */
  readonly number?: number;
  readonly state?: CmcdState;
  /** From the beginning of the load to the first frame (`msd`). */
  readonly startupMs?: number;
  /** The rendition that is being loaded (`br`); of a response only if it is a part of that. */
  readonly rendition?: Rendition;
  /** The time that is loaded and not yet shown (`bl`). */
  readonly bufferMs?: number;
  /** From a request to the last byte of its response (`ttlb`). */
  readonly responseMs?: number;
  /** Says that the page is hidden (`bg`). */
  readonly isHidden?: true;
  /** The error code (`ec`, or `rc` of a failed response). */
  readonly errorCode?: string;
}

/** The play states of CMCD version 2 (CTA-5004-B, key `sta`). */
export const CMCD_STATES = ['s', 'p', 'k', 'r', 'a', 'w', 'e', 'f', 'q', 'd'] as const;
export type CmcdState = (typeof CMCD_STATES)[number];
