import { parsedUrl } from '../../src/domain/parsed-url.js';

describe('a URL', () => {
  it('is parsed, and a text that is none is not', () => {
    expect(parsedUrl('https://example.org/a?b')?.pathname).toBe('/a');
    expect(parsedUrl('../c', 'https://example.org/a/b')?.href).toBe('https://example.org/c');
    expect(['', 'example.org', 'https://', '/a'].map((text) => parsedUrl(text))).toEqual(
      new Array<undefined>(4).fill(undefined),
    );
  });

  it('is parsed with any letters, however often that has been done', () => {
    const texts = ['https://MÜNCHEN.de/', 'https://example.org/ä', 'https://東京.jp/'];
    const faults = Array.from({ length: 60_000 }, (_, i) => texts[i % 3] ?? '').filter(
      (text) => parsedUrl(text) === undefined,
    );
    expect(faults).toEqual([]);
  });
});
