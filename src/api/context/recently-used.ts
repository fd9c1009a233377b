/** Remembers computed values by their keys; forgets the least recently used first. */
export class RecentlyUsed<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly countMax: number) {}

  /** Returns the value of a key; computes it if it is not remembered. */
  get(key: string, workOut: () => Value): Value {
    const found = this.values.get(key);
    const value = found ?? workOut();
    if (found !== undefined) this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size > this.countMax) {
      const [oldest] = this.values.keys();
      if (oldest !== undefined) this.values.delete(oldest);
    }
    return value;
  }
}
