/**
 * How many different viewers there were: exact up to a limit, beyond that a HyperLogLog sketch.
 * Unions are free of order, and so is every state: the same viewers give the same sketch.
 */
export type ViewerSketch =
  /** Viewer hashes in rising order, each once. */
  | { readonly hashes: readonly string[] }
  /** One character for each HyperLogLog register, `REGISTER_ALPHABET[value]`. */
  | { readonly registers: string };

/** Up to so many viewers a sketch is exact. */
export const EXACT_VIEWERS_MAX = 1_000;

/**
 * The first 60 bits of a viewer id, which is a keyed hash in base64url and so already random. Two
 * of a thousand viewers share them with a probability below 10^-12.
 */
const HASH_LENGTH = 10;
const REGISTER_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Registers: 2^14, for a standard error of 1.04 / sqrt(2^14) = 0.81 %. */
const REGISTER_BITS = 14;
const REGISTER_COUNT = 2 ** REGISTER_BITS;
/** The bits of a hash that a register's rank is taken from. */
const RANK_BITS = 60 - REGISTER_BITS;

const VALUE_OF_CODE = new Uint8Array(128);
for (let value = 0; value < REGISTER_ALPHABET.length; value += 1) {
  VALUE_OF_CODE[REGISTER_ALPHABET.charCodeAt(value)] = value;
}
const valueAt = (text: string, index: number): number => VALUE_OF_CODE[text.charCodeAt(index)] ?? 0;

/** A sketch and one more viewer; the same object if the viewer is already in it. */
export function withViewer(sketch: ViewerSketch | undefined, viewerId: string): ViewerSketch {
  const hash = viewerId.slice(0, HASH_LENGTH);
  if (sketch === undefined) return { hashes: [hash] };
  if ('registers' in sketch) return withRegister(sketch, hash);
  const place = lowerBound(sketch.hashes, hash);
  if (sketch.hashes[place] === hash) return sketch;
  const hashes = sketch.hashes.toSpliced(place, 0, hash);
  return hashes.length <= EXACT_VIEWERS_MAX ? { hashes } : { registers: registersOf(hashes) };
}

/** The number of different viewers in the union of sketches, a whole number. */
export function countViewers(sketches: readonly ViewerSketch[]): number {
  if (sketches.every((sketch) => 'hashes' in sketch)) {
    return new Set(sketches.flatMap((sketch) => sketch.hashes)).size;
  }
  const union = new Uint8Array(REGISTER_COUNT);
  for (const sketch of sketches) {
    if ('hashes' in sketch) raiseAll(union, sketch.hashes);
    else raiseTo(union, sketch.registers);
  }
  return Math.round(estimate(union));
}

function withRegister(sketch: { readonly registers: string }, hash: string): ViewerSketch {
  const { registers } = sketch;
  const index = registerOf(hash);
  const rank = rankOf(hash);
  if (valueAt(registers, index) >= rank) return sketch;
  const letter = REGISTER_ALPHABET.charAt(rank);
  return { registers: registers.slice(0, index) + letter + registers.slice(index + 1) };
}

function registersOf(hashes: readonly string[]): string {
  const values = new Uint8Array(REGISTER_COUNT);
  raiseAll(values, hashes);
  return Array.from(values, (value) => REGISTER_ALPHABET.charAt(value)).join('');
}

function raiseAll(values: Uint8Array, hashes: readonly string[]): void {
  for (const hash of hashes) {
    const index = registerOf(hash);
    values[index] = Math.max(values[index] ?? 0, rankOf(hash));
  }
}

function raiseTo(values: Uint8Array, registers: string): void {
  for (let index = 0; index < REGISTER_COUNT; index += 1) {
    values[index] = Math.max(values[index] ?? 0, valueAt(registers, index));
  }
}

/** The first five characters as a number of 30 bits, or the second five. */
function bitsOf(hash: string, from: 0 | 5): number {
  let bits = 0;
  for (let index = from; index < from + 5; index += 1) bits = bits * 64 + valueAt(hash, index);
  return bits;
}

/** The register of a hash: its first 14 bits. */
const registerOf = (hash: string): number => bitsOf(hash, 0) >>> (30 - REGISTER_BITS);

/** The place of the first 1 among the other 46 bits, from 1; 47 if there is none. */
function rankOf(hash: string): number {
  const upper = bitsOf(hash, 0) & 0xffff;
  if (upper !== 0) return Math.clz32(upper) - 15;
  return Math.clz32(bitsOf(hash, 5)) + 15;
}

function lowerBound(sorted: readonly string[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The improved raw estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches" (2017), algorithm 6: unbiased over the whole range, without tables.
 */
function estimate(registers: Uint8Array): number {
  const m = REGISTER_COUNT;
  const histogram = new Array<number>(RANK_BITS + 2).fill(0);
  for (const value of registers) histogram[value] = (histogram[value] ?? 0) + 1;
  const shareOf = (value: number): number => (histogram[value] ?? 0) / m;
  let z = m * tau(1 - shareOf(RANK_BITS + 1));
  for (let k = RANK_BITS; k >= 1; k -= 1) z = 0.5 * (z + m * shareOf(k));
  z += m * sigma(shareOf(0));
  return (m * m) / (2 * Math.LN2 * z);
}

/** x + sum of x^(2^k) 2^(k-1) for k from 1, after Ertl; infinite at 1. */
function sigma(start: number): number {
  if (start === 1) return Infinity;
  let x = start;
  let y = 1;
  let z = x;
  for (let last = -1; z !== last;) {
    x *= x;
    last = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** (1 - x - sum of (1 - x^(2^-k))^2 2^-k for k from 1) / 3, after Ertl; 0 at 0 and 1. */
function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let x = start;
  let y = 1;
  let z = 1 - x;
  for (let last = -1; z !== last;) {
    x = Math.sqrt(x);
    last = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
