/** The least bytes that a member takes, and the further bytes that it takes in an index. */
const BYTES_EACH = 9;
const INDEX_BYTES_EACH = 12;
/** The members for which there is room at first, and the growth of the room when it runs out. */
const ROOM_AT_FIRST = 8;
const ROOM_GROWTH = 1.5;
/** The room from which on there is an index: fewer members are searched in a microsecond. */
const INDEXED_MIN = 1_024;
/** The least slots of an index for each member that there is room for. */
const SLOTS_EACH = 2;

/** A packed member: 8 bytes of fingerprint and its mark, little-endian. */
const PACKED_BYTES_EACH = 9;

/** The data of all members; those beyond a set's size belong to sets grown from it. */
interface Storage {
  /** Two halves for each member. */
  readonly halves: Uint32Array;
  readonly marks: Uint8Array;
  /** The number of a member plus 1, by its first half; 0 if none. Empty for few members. */
  readonly slots: Uint32Array;
  /** The members written so far, by any of the sets. */
  written: number;
}

/**
 * An immutable set of texts that keeps 64 bits of each, and a mark: a tenth of what the texts would
 * take. It takes a new text for one of a million members once in 10^13 times. It shares its storage
 * with the sets grown from it, so that adding costs O(1) where a copy would cost O(n).
 */
export class FingerprintSet {
  static readonly EMPTY = new FingerprintSet(newStorage(0), 0);

  private constructor(
    private readonly storage: Storage,
    readonly size: number,
  ) {}

  /** The approximate number of bytes that the set takes in memory. */
  get bytes(): number {
    const each = BYTES_EACH + (this.storage.slots.length > 0 ? INDEX_BYTES_EACH : 0);
    return ROOM_GROWTH * each * this.size;
  }

  has(text: string): boolean {
    return this.markOf(text) !== undefined;
  }

  /** Returns the mark of a text; undefined if the set does not have it. */
  markOf(text: string): number | undefined {
    const at = this.find(fingerprintOf(text));
    return at === undefined ? undefined : this.storage.marks[at];
  }

  /** Returns this set and one more text, which it must not have, marked with a byte. */
  with(text: string, mark = 0): FingerprintSet {
    return this.added(fingerprintOf(text), mark);
  }

  /** Packs the members but for the first `from`, in their order. */
  packed(from: number): Uint8Array {
    const { halves, marks } = this.storage;
    const bytes = new Uint8Array(PACKED_BYTES_EACH * (this.size - from));
    const view = new DataView(bytes.buffer);
    for (let at = from; at < this.size; at += 1) {
      const start = PACKED_BYTES_EACH * (at - from);
      view.setUint32(start, halves[2 * at] ?? 0, true);
      view.setUint32(start + 4, halves[2 * at + 1] ?? 0, true);
      view.setUint8(start + 8, marks[at] ?? 0);
    }
    return bytes;
  }

  /** Returns this set and members that were packed. */
  withPacked(bytes: Uint8Array): FingerprintSet {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let grown: FingerprintSet = new FingerprintSet(this.storage, this.size);
    for (let at = 0; at + PACKED_BYTES_EACH <= bytes.length; at += PACKED_BYTES_EACH) {
      const fingerprint = [view.getUint32(at, true), view.getUint32(at + 4, true)] as const;
      if (grown.find(fingerprint) !== undefined) continue;
      grown = grown.added(fingerprint, view.getUint8(at + 8));
    }
    return grown;
  }

  private added(fingerprint: Fingerprint, mark: number): FingerprintSet {
    const hasRoom = this.size < this.storage.marks.length;
    const storage = hasRoom && this.storage.written === this.size ? this.storage : this.moved();
    storage.halves.set(fingerprint, 2 * this.size);
    storage.marks[this.size] = mark;
    enter(storage, this.size);
    storage.written += 1;
    return new FingerprintSet(storage, this.size + 1);
  }

  /** Returns the number of a member. */
  private find([first, second]: Fingerprint): number | undefined {
    const { halves, slots } = this.storage;
    const isIt = (at: number): boolean => halves[2 * at] === first && halves[2 * at + 1] === second;
    if (slots.length === 0) {
      for (let at = 0; at < this.size; at += 1) if (isIt(at)) return at;
      return undefined;
    }
    const mask = slots.length - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const at = (slots[slot] ?? 0) - 1;
      if (at < 0) return undefined;
      // A member beyond the size belongs to a set that was grown from this set.
      if (at < this.size && isIt(at)) return at;
    }
  }

  private moved(): Storage {
    const storage = newStorage(Math.ceil(Math.max(ROOM_AT_FIRST, this.size * ROOM_GROWTH)));
    storage.halves.set(this.storage.halves.subarray(0, 2 * this.size));
    storage.marks.set(this.storage.marks.subarray(0, this.size));
    for (let at = 0; at < this.size; at += 1) enter(storage, at);
    storage.written = this.size;
    return storage;
  }
}

function newStorage(room: number): Storage {
  const slots = room < INDEXED_MIN ? 0 : 2 ** Math.ceil(Math.log2(SLOTS_EACH * room));
  return {
    halves: new Uint32Array(2 * room),
    marks: new Uint8Array(room),
    slots: new Uint32Array(slots),
    written: 0,
  };
}

/** Puts a member into the index, if there is one. */
function enter({ halves, slots }: Storage, at: number): void {
  if (slots.length === 0) return;
  const mask = slots.length - 1;
  let slot = (halves[2 * at] ?? 0) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = at + 1;
}

type Fingerprint = readonly [first: number, second: number];

/**
 * Returns two independent hashes of 32 bits. They are stored where a session goes on in another
 * chapter: another way to make them would be another format there.
 */
function fingerprintOf(text: string): Fingerprint {
  let first = 0x9e3779b9;
  let second = 0x7f4a7c15;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(rotated(first, 13) ^ unit, 0xcc9e2d51);
    second = Math.imul(rotated(second, 19) ^ unit, 0x85ebca6b);
  }
  return [scattered(first ^ text.length), scattered(second)];
}

/** Returns a byte of a text that tells it from most others. */
export const markFor = (text: string): number => fingerprintOf(text)[0] & 0xff;

const rotated = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));

/** Makes every bit depend on every other, by the last step of MurmurHash3. */
function scattered(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
