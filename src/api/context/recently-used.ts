/** What was worked out last, by what it was worked out from; the least recently used goes first. */
export class RecentlyUsed<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly countMax: number) {}

  /** The value of a key, worked out where it is not there. */
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
