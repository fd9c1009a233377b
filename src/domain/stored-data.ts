/** An event's data as stored: a JSON object. */
export type StoredData = Readonly<Record<string, unknown>>;

/** Says whether a value is an object of JSON, and no list. */
export const isObject = (value: unknown): value is StoredData =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
