/** So many tables that what one of them needs to grow is next to nothing. */
const TABLES = 4_096;
/** Of a slot: 8 bytes of a digest, and how often it came; 0 where the slot is free. */
const WORDS = 3;
const SLOTS_MIN = 8;
const FILL_MAX = 0.85;
const GROWTH = 1.25;

/**
 * Counts how often digests came. It tells tens of millions apart in 14 to 18 bytes each, by 76 bits
 * of them: among 50 million, one chance in 60 million that two are taken for one.
 */
export class Ordinals {
  private readonly tables = Array.from({ length: TABLES }, () => new OrdinalTable());

  /** 1 for a digest that comes for the first time, then 2, and so on. */
  next(digest: Buffer): number {
    const table = this.tables[digest.readUInt16LE(0) % TABLES];
    if (table === undefined) throw new Error('a digest has no table');
    return table.next(digest.readUInt32LE(4), digest.readUInt32LE(8));
  }

  /** What the tables take, in bytes. */
  get bytes(): number {
    return this.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** A hash table with open addressing: a digest stands at its place, or in the next free slot. */
class OrdinalTable {
  private slots = new Uint32Array(0);
  private used = 0;

  get bytes(): number {
    return this.slots.byteLength;
  }

  next(high: number, low: number): number {
    if ((this.used + 1) * WORDS > this.slots.length * FILL_MAX) this.grow();
    const at = this.find(high, low);
    const ordinal = this.word(at + 2) + 1;
    if (ordinal === 1) this.used += 1;
    this.slots.set([high, low, ordinal], at);
    return ordinal;
  }

  /** Where a digest stands, or would. */
  private find(high: number, low: number): number {
    let at = Math.floor((high / 2 ** 32) * (this.slots.length / WORDS)) * WORDS;
    for (;;) {
      const isFree = this.word(at + 2) === 0;
      if (isFree || (this.word(at) === high && this.word(at + 1) === low)) return at;
      at = (at + WORDS) % this.slots.length;
    }
  }

  private grow(): void {
    const old = this.slots;
    const count = Math.max(SLOTS_MIN, Math.ceil((old.length / WORDS) * GROWTH));
    this.slots = new Uint32Array(count * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const slot = old.subarray(at, at + WORDS);
      const [high = 0, low = 0, ordinal] = slot;
      if (ordinal !== 0) this.slots.set(slot, this.find(high, low));
    }
  }

  private word(index: number): number {
    return this.slots[index] ?? 0;
  }
}
