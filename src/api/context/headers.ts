/** The headers of a request as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Returns a header's text, cut to a length; undefined without one. */
export function headerOf(headers: Headers, name: string, lengthMax: number): string | undefined {
  const value = headers[name];
  const text = typeof value === 'string' ? value : value?.join(', ');
  return text === undefined || text === '' ? undefined : text.slice(0, lengthMax);
}

/** Says whether a header has the value 1, once or several times. */
export const isOn = (headers: Headers, name: string): boolean =>
  headerOf(headers, name, 20)
    ?.split(',')
    .some((value) => value.trim() === '1') ?? false;
