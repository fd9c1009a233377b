/** A value that is a name in a GraphQL document, such as one of an enum, and a string in JSON. */
export class Name {
  constructor(readonly text: string) {}

  toJSON(): string {
    return this.text;
  }
}

/** A value that JSON cannot hold, as it stands in a GraphQL document. */
export class Literal {
  constructor(readonly text: string) {}
}

/** A value as it stands in a GraphQL document; what is undefined is left out of its object. */
export function literalOf(value: unknown): string {
  if (value instanceof Name || value instanceof Literal) return value.text;
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${name}: ${literalOf(field)}`);
  return `{${fields.join(', ')}}`;
}

/** A value in a few words, for the title of a test. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'left out';
  const text = value instanceof Name ? value.text : literalOf(value);
  const visible = JSON.stringify(text.toWellFormed()).slice(1, -1);
  return visible.length > 40
    ? `${visible.slice(0, 30)}… (${String(Array.from(text).length)} characters)`
    : visible;
}
