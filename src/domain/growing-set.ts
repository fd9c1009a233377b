/**
 * An immutable set that shares its storage with the sets grown from it, so that adding costs O(1)
 * where a copy would cost O(n). Only growing from a set that another has grown from already copies.
 */
export class GrowingSet {
  static readonly EMPTY = new GrowingSet(new Map(), 0);

  private constructor(
    private readonly ordinals: Map<string, number>,
    readonly size: number,
  ) {}

  has(value: string): boolean {
    const ordinal = this.ordinals.get(value);
    return ordinal !== undefined && ordinal < this.size;
  }

  /** This set and one more value, which it must not have. */
  with(value: string): GrowingSet {
    const isNewest = this.size > 0 && this.ordinals.size === this.size;
    const ordinals = isNewest ? this.ordinals : this.copy();
    ordinals.set(value, this.size);
    return new GrowingSet(ordinals, this.size + 1);
  }

  private copy(): Map<string, number> {
    return new Map([...this.ordinals].filter(([, ordinal]) => ordinal < this.size));
  }
}
