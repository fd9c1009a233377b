import type { GatePlan } from './gate.js';
import type { LinePlan } from './line.js';
import type { Viewer } from './viewer.js';
import { isFile, type Way } from './ways.js';

/** What somebody does in front of a player, and what befalls its media and its reports. */
export interface Scenario {
  readonly name: string;
  readonly says: string;
  /** The titles that the page plays; those of one name are the same to the server, too. */
  readonly titles: readonly string[];
  readonly act: (viewer: Viewer) => Promise<unknown>;
  readonly line?: LinePlan;
  readonly gate?: (way: Way) => GatePlan;
  /** False where the title is loaded, and played when the viewer wants it. */
  readonly isPlayedAtOnce?: boolean;
  readonly isLooped?: boolean;
  /** Reports that a player sends at once. */
  readonly batchSize?: number;
  /** Whether a player gets to know that its title cannot be played on, and says so. */
  readonly isFailing?: boolean;
  /** The ways in which it makes sense; all where it is left out. */
  readonly isFor?: (way: Way) => boolean;
  /** The ways in which reports get lost for good: less than the truth is told, never more. */
  readonly isLossy?: (way: Way) => boolean;
  /** Who watches, on what; nobody in particular, in a small window, where it is left out. */
  readonly seat?: Seat;
}

interface Seat {
  readonly viewport: { readonly width: number; readonly height: number };
  /** Seconds of media that the player keeps ahead. */
  readonly bufferSeconds: number;
  /** Undefined for somebody who is not signed in. */
  readonly viewer: string | undefined;
  /** Options of hls.js. */
  readonly hls: Readonly<Record<string, unknown>>;
}

/** What a player still has to say when its title has ended. */
export const toTheEnd = async (viewer: Viewer): Promise<void> => {
  await viewer.sees('ended');
  await viewer.sleep(1);
};

export const isStreamed = (way: Way): boolean => !isFile(way);
/** A Shaka that reports by itself. */
export const isShaka = ({ player, by }: Way): boolean =>
  by === 'cmcd' && player.startsWith('shaka');
