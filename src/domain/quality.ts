/** The quality at which something played, in the order that breaks ties in lists. */
export const STREAM_QUALITIES = ['AUTO', 'LOW', 'MEDIUM', 'HIGH', 'ULTRA'] as const;
export type StreamQuality = (typeof STREAM_QUALITIES)[number];

/** The quality of a session until a report names another. */
export const DEFAULT_QUALITY: StreamQuality = 'MEDIUM';

const NAMED: Readonly<Record<string, StreamQuality>> = {
  auto: 'AUTO',
  sd: 'LOW',
  low: 'LOW',
  tiny: 'LOW',
  small: 'LOW',
  large: 'LOW',
  hd: 'MEDIUM',
  medium: 'MEDIUM',
  fhd: 'HIGH',
  'full hd': 'HIGH',
  high: 'HIGH',
  '2k': 'HIGH',
  qhd: 'HIGH',
  '4k': 'ULTRA',
  '8k': 'ULTRA',
  uhd: 'ULTRA',
  ultra: 'ULTRA',
  highres: 'ULTRA',
};

/** The greatest picture height, in lines, of each quality but ULTRA, which has no limit. */
const HEIGHT_MAX = { LOW: 480, MEDIUM: 720, HIGH: 1440 };

/** The most lines of a picture, those of 8K: a larger number means something else. */
const PICTURE_HEIGHT_MAX = 4_320;

/** `p` or `i` behind a height, and the frame rate: `720p`, `1080i`, `720p60`, `2160p59.94` */
const SCAN = String.raw`[pi](?:\d{1,3}(?:\.\d{1,3})?(?!\d)|(?![\p{L}\d]))`;
const NUMBER = String.raw`(\d{1,5})`;
/**
 * Matches a label that names a picture: nothing but a height, or anywhere in it `1280x720`, `1920 ×
 * 1080`, `1080p60`, `1080i` or `hd720`. No repetition is unbounded, so that it takes linear time.
 */
const PICTURE = new RegExp(
  String.raw`^${NUMBER}$|(?<![\p{L}\d]|\d[.,])(?:` +
    String.raw`${NUMBER}\s?[x×]\s?${NUMBER}(?:${SCAN}|(?![\p{L}\d]))|${NUMBER}${SCAN}|` +
    String.raw`[fqu]?hd${NUMBER}(?:${SCAN}|(?![\p{L}\d])))`,
  'u',
);

/** Returns the quality that a player's label names, in any case; undefined if it names none. */
export function parseQuality(label: string): StreamQuality | undefined {
  const text = label.trim().toLowerCase();
  if (Object.hasOwn(NAMED, text)) return NAMED[text];
  const numbers = PICTURE.exec(text)?.slice(1).filter(Boolean);
  if (numbers === undefined) return undefined;
  const height = Math.min(...numbers.map(Number));
  const isPicture = height > 0 && height <= PICTURE_HEIGHT_MAX;
  return isPicture ? qualityOfHeight(height) : undefined;
}

function qualityOfHeight(height: number): StreamQuality {
  if (height <= HEIGHT_MAX.LOW) return 'LOW';
  if (height <= HEIGHT_MAX.MEDIUM) return 'MEDIUM';
  return height <= HEIGHT_MAX.HIGH ? 'HIGH' : 'ULTRA';
}

/** A value for some qualities. */
export type ByQuality<T> = Partial<Record<StreamQuality, T>>;

/** Sorts rows by a number, the largest first; ties are in the order of the qualities. */
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

/** Returns the share of a part in a whole, in percent; 0 of nothing. */
export const percentageOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : (100 * part) / whole;
