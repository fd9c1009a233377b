/** The quality at which something played, in the order that breaks ties in lists. */
export const STREAM_QUALITIES = ['AUTO', 'LOW', 'MEDIUM', 'HIGH', 'ULTRA'] as const;
export type StreamQuality = (typeof STREAM_QUALITIES)[number];

/** What a session plays at until a report says otherwise. */
export const DEFAULT_QUALITY: StreamQuality = 'MEDIUM';

const NAMED: Readonly<Record<string, StreamQuality>> = {
  auto: 'AUTO',
  sd: 'LOW',
  low: 'LOW',
  hd: 'MEDIUM',
  medium: 'MEDIUM',
  fhd: 'HIGH',
  high: 'HIGH',
  '4k': 'ULTRA',
  '8k': 'ULTRA',
  uhd: 'ULTRA',
  ultra: 'ULTRA',
};

/** The greatest picture height, in lines, of each quality but ULTRA, which has no limit. */
const HEIGHT_MAX = { LOW: 480, MEDIUM: 720, HIGH: 1440 };

/** `720`, `720p`, `720p60`, `720p59.94` */
const HEIGHT = /^(\d{1,5})(?:p(?:\d{1,3}(?:\.\d{1,3})?)?)?$/;
/** `1280x720` */
const SIZE = /^(\d{1,5})x(\d{1,5})$/;

/** The quality that a player's label names, whatever its case; undefined if it names none. */
export function parseQuality(label: string): StreamQuality | undefined {
  const text = label.trim().toLowerCase();
  if (Object.hasOwn(NAMED, text)) return NAMED[text];
  const size = SIZE.exec(text);
  if (size !== null) return qualityOfHeight(Math.min(Number(size[1]), Number(size[2])));
  const height = HEIGHT.exec(text);
  return height === null ? undefined : qualityOfHeight(Number(height[1]));
}

function qualityOfHeight(height: number): StreamQuality {
  if (height <= HEIGHT_MAX.LOW) return 'LOW';
  if (height <= HEIGHT_MAX.MEDIUM) return 'MEDIUM';
  return height <= HEIGHT_MAX.HIGH ? 'HIGH' : 'ULTRA';
}

/** A value for each quality that has one. */
export type ByQuality<T> = Partial<Record<StreamQuality, T>>;

/** Rows by quality in falling order of a number, ties in the order of the qualities. */
export function rankQualities<Row extends { quality: StreamQuality }>(
  rows: readonly Row[],
  weightOf: (row: Row) => number,
): Row[] {
  return [...rows].sort(
    (a, b) =>
      weightOf(b) - weightOf(a) ||
      STREAM_QUALITIES.indexOf(a.quality) - STREAM_QUALITIES.indexOf(b.quality),
  );
}

/** The share of a part in a whole, 0..100; 0 of nothing. */
export const percentageOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : (100 * part) / whole;
