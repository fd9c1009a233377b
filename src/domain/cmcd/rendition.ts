import { parseQuality, type StreamQuality } from '../quality.js';

/** A rendition that a player loads or shows. */
export interface Rendition {
  readonly label: string;
  readonly quality: StreamQuality;
  /** The rate to estimate bytes from, in kbit/s; absent if no estimate is wanted. */
  readonly kbps?: number;
}

/** A rung of the ladder that titles are encoded with: a rate, and the label and quality for it. */
export interface Rung {
  readonly kbps: number;
  /** Such as 720p. */
  readonly label: string;
}

/** A rate is a rung's if it is off by no more than this share: HLS states peaks with audio. */
const TOLERANCE = 0.25;

/** The usual meaning of rates, each up to its limit in kbit/s. */
const USUAL = [
  [500, 'LOW'],
  [2_500, 'MEDIUM'],
  [8_000, 'HIGH'],
  [Infinity, 'ULTRA'],
] as const satisfies readonly (readonly [number, StreamQuality])[];

/**
 * Returns the rendition for a rate: the nearest rung, or else a guess. The label of a guess is the
 * rate, so that anybody sees that no height was known.
 */
export function renditionOf(
  kbps: number,
  ladder: readonly Rung[],
): Omit<Required<Rendition>, 'kbps'> {
  const distance = (rung: Rung): number => Math.abs(rung.kbps - kbps);
  const [nearest] = [...ladder].sort((a, b) => distance(a) - distance(b));
  if (nearest !== undefined && distance(nearest) <= TOLERANCE * nearest.kbps) {
    const quality = parseQuality(nearest.label);
    if (quality !== undefined) return { label: nearest.label, quality };
  }
  return { label: `${String(kbps)} kbps`, quality: usualQuality(kbps) };
}

const RATE_LABEL = /^(\d{1,7}) kbps$/;

/** Returns the quality that was guessed for a label that is a rate; undefined for another label. */
export function rateQualityOf(label: string | undefined): StreamQuality | undefined {
  const [, kbps] = RATE_LABEL.exec(label ?? '') ?? [];
  return kbps === undefined ? undefined : usualQuality(Number(kbps));
}

const usualQuality = (kbps: number): StreamQuality =>
  USUAL.find(([most]) => kbps < most)?.[1] ?? 'ULTRA';
