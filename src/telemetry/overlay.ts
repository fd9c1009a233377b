/**
 * Makes an object that has some methods of its own and takes all others from another object.
 * Methods are bound once, here, so that a call costs no look-up. Only methods are taken over.
 */
export function overlay<Inner extends object, Own extends object>(
  inner: Inner,
  own: Own,
): Own & Inner {
  const rest: Record<string, unknown> = {};
  for (let level: object = inner; level !== Object.prototype; level = prototypeOf(level)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      const method: unknown = property.value;
      if (typeof method !== 'function' || name in own || name in rest) continue;
      rest[name] = method.bind(inner) as unknown;
    }
  }
  return Object.assign(own, rest as Inner);
}

const prototypeOf = (object: object): object => Object.getPrototypeOf(object) as object;
