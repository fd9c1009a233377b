/** Bytes that a member takes, at the least. */
const BYTES_EACH = 8;
/** Members that there is room for at first, and how much more each time that it runs out. */
const ROOM_AT_FIRST = 8;
const ROOM_GROWTH = 1.5;

/** Two halves for each member; those beyond a set's size belong to sets grown from it. */
interface Storage {
  readonly halves: Uint32Array;
  /** Members written so far, by whichever set. */
  written: number;
}

/**
 * An immutable set of texts that keeps 64 bits of each: a tenth of what the texts would take. That
 * a new text among ten thousand is taken for one of them happens once in 10^15 times. It shares its
 * storage with the sets grown from it, so that adding costs O(1) where a copy would cost O(n).
 */
export class FingerprintSet {
  static readonly EMPTY = new FingerprintSet({ halves: new Uint32Array(0), written: 0 }, 0);

  private constructor(
    private readonly storage: Storage,
    readonly size: number,
  ) {}

  /** About what it takes in memory. */
  get bytes(): number {
    return ROOM_GROWTH * BYTES_EACH * this.size;
  }

  has(text: string): boolean {
    const { halves } = this.storage;
    const [first, second] = fingerprintOf(text);
    for (let at = 0; at < 2 * this.size; at += 2) {
      if (halves[at] === first && halves[at + 1] === second) return true;
    }
    return false;
  }

  /** This set and one more text, which it must not have. */
  with(text: string): FingerprintSet {
    const hasRoom = 2 * this.size < this.storage.halves.length;
    const storage = hasRoom && this.storage.written === this.size ? this.storage : this.moved();
    storage.halves.set(fingerprintOf(text), 2 * this.size);
    storage.written += 1;
    return new FingerprintSet(storage, this.size + 1);
  }

  private moved(): Storage {
    const room = Math.ceil(Math.max(ROOM_AT_FIRST, this.size * ROOM_GROWTH));
    const halves = new Uint32Array(2 * room);
    halves.set(this.storage.halves.subarray(0, 2 * this.size));
    return { halves, written: this.size };
  }
}

/** Two hashes of 32 bits that have nothing to do with each other. */
function fingerprintOf(text: string): readonly [number, number] {
  let first = 0x9e3779b9;
  let second = 0x7f4a7c15;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(rotated(first, 13) ^ unit, 0xcc9e2d51);
    second = Math.imul(rotated(second, 19) ^ unit, 0x85ebca6b);
  }
  return [scattered(first ^ text.length), scattered(second)];
}

const rotated = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));

/** Lets every bit depend on every other; the last step of MurmurHash3. */
function scattered(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
