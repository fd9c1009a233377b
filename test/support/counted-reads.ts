/** The characters of a text that count as one step: who looks at a text may look at all of it. */
const STEP_LENGTH = 100;

/** A value of which it is counted how often a member of it, or of anything in it, is looked at. */
export interface CountedReads<T> {
  readonly value: T;
  /** So far. */
  readonly reads: () => number;
}

/** Stands in front of a value: the steps of whoever walks through it, whatever code that is. */
export function countReads<T extends object>(root: T): CountedReads<T> {
  let reads = 0;
  const known = new WeakMap<object, object>();
  const handler: ProxyHandler<object> = {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      reads += 1 + (typeof value === 'string' ? Math.floor(value.length / STEP_LENGTH) : 0);
      return counted(value);
    },
    ownKeys: (target) => {
      const keys = Reflect.ownKeys(target);
      reads += keys.length;
      return keys;
    },
  };
  const counted = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const before = known.get(value);
    if (before !== undefined) return before;
    const proxy = new Proxy(value, handler);
    known.set(value, proxy);
    return proxy;
  };
  return { value: counted(root) as T, reads: () => reads };
}
