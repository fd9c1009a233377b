import type { Rendition } from './rendition.js';

/** The play states of CMCD version 2 (CTA-5004-B, key `sta`). */
export const CMCD_STATES = ['s', 'p', 'k', 'r', 'a', 'w', 'e', 'f', 'q', 'd'] as const;
export type CmcdState = (typeof CMCD_STATES)[number];

/** What one report of a player says, each key checked by itself: what is bad is absent. */
export interface CmcdReport {
  /** Why it was sent (key `e`), such as `ps` for another play state, or `rr` for a response. */
  readonly event: string;
  /** When it was made, by the player's clock (`ts`, epoch milliseconds); of `rr`: the request. */
  readonly at: number;
  /** Its number among the reports of its run (`sn`). */
  readonly number?: number;
  readonly state?: CmcdState;
  /** From the beginning of the load to the first frame (`msd`). */
  readonly startupMs?: number;
  /** What is being loaded (`br`). */
  readonly rendition?: Rendition;
  /** What is loaded and not yet shown (`bl`). */
  readonly bufferMs?: number;
  /** Its page is not seen (`bg`), or no more. */
  readonly isHidden?: true;
  /** What went wrong (`ec`, or `rc` of a failed response). */
  readonly errorCode?: string;
}
