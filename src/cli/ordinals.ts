/** Tables: so many that the memory which one of them needs to grow is next to nothing. */
const TABLES = 4_096;
/** Words of a slot: 8 bytes of a digest, and the count of it; 0 where the slot is free. */
const WORDS = 3;
const SLOTS_MIN = 8;
const FILL_MAX = 0.85;
const GROWTH = 1.25;

/**
 * Counts how often digests came, in 14 to 18 bytes each for tens of millions. It tells them apart
 * by 76 bits: among 50 million, the chance that any two are mixed up is one in 60 million.
 */
export class Ordinals {
  private readonly tables = Array.from({ length: TABLES }, () => new OrdinalTable());

  /** Returns 1 for a digest that comes for the first time, then 2, and so on. */
  next(digest: Buffer): number {
    const table = this.tables[digest.readUInt16LE(0) % TABLES];
    if (table === undefined) throw new Error('a digest has no table');
    return table.next(digest.readUInt32LE(4), digest.readUInt32LE(8));
  }

  /** The memory that the tables take, in bytes. */
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

  /** Returns the slot where a digest stands, or would stand. */
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
