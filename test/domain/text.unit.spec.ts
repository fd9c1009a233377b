import fc from 'fast-check';
import { PlayheadError } from '../../src/domain/errors.js';
import { compareUtf8, inNfc, quote } from '../../src/domain/text.js';
import { checkId, checkRange, checkText } from '../../src/domain/checked-values.js';

function errorOf(work: () => unknown): PlayheadError {
  try {
    work();
  } catch (error) {
    if (error instanceof PlayheadError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('an id', () => {
  it('is trimmed', () => {
    expect(checkId('mediaId', '  m 1\u00a0\u2003')).toBe('m 1');
  });

  it('may have 1 to 200 characters, not counting what is trimmed', () => {
    expect(checkId('mediaId', 'a')).toBe('a');
    expect(checkId('mediaId', ` ${'a'.repeat(200)} `)).toBe('a'.repeat(200));
    expect(errorOf(() => checkId('mediaId', 'a'.repeat(201))).code).toBe('BAD_USER_INPUT');
    expect(errorOf(() => checkId('mediaId', '')).code).toBe('BAD_USER_INPUT');
    expect(errorOf(() => checkId('mediaId', ' \u3000 ')).code).toBe('BAD_USER_INPUT');
  });

  it('is measured in code points', () => {
    const film = '🎬';
    expect(checkId('mediaId', film.repeat(200))).toBe(film.repeat(200));
    expect(errorOf(() => checkId('mediaId', film.repeat(201))).code).toBe('BAD_USER_INPUT');
    expect(checkId('mediaId', film.repeat(100) + 'a'.repeat(100))).toHaveLength(300);
  });

  it('is brought into NFC, then measured', () => {
    expect(checkId('mediaId', 'Cafe\u0301')).toBe('Caf\u00e9');
    expect(checkId('mediaId', '\u212b'.repeat(200))).toBe('\u00c5'.repeat(200));
    const longest = '\u03b1\u0313\u0300\u0345'.repeat(200);
    expect(checkId('mediaId', longest)).toBe('\u1f82'.repeat(200));
    expect(checkId('mediaId', `${' '.repeat(5_000)}e\u0301`)).toBe('\u00e9');
    const grows = '\u0958';
    expect(checkId('mediaId', grows.repeat(100))).toHaveLength(200);
    expect(errorOf(() => checkId('mediaId', grows.repeat(101))).code).toBe('BAD_USER_INPUT');
  });

  it('of a million marks in disorder is refused at once', () => {
    const begun = performance.now();
    const id = `a${'\u0315\u0300\u0316'.repeat(350_000)}`;
    expect(errorOf(() => checkId('mediaId', id)).code).toBe('BAD_USER_INPUT');
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('in NFC is what Unicode says it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(inNfc(text)).toBe(text.normalize('NFC'));
      }),
    );
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['a tab', 'a\tb'],
    ['a line feed at its end', 'a\n'],
    ['a carriage return at its start', '\ra'],
    ['the separator of key parts', 'a\u001fb'],
    ['DEL', 'a\u007fb'],
    ['a control character of the second block', 'a\u0085b'],
    ['a lone high surrogate', 'a\ud83c'],
    ['a lone low surrogate', '\udfacb'],
    ['surrogates in the wrong order', '\udfac\ud83c'],
  ])('with %s is refused', (_, id) => {
    const error = errorOf(() => checkId('mediaId', id));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.message).toBe('mediaId: must not hold control characters or lone surrogates');
  });

  it('may hold anything else', () => {
    for (const id of ['a b', 'ü', '日本', '🎬', 'a\u200db', "'; DROP TABLE--", '{"a":1}', '../x']) {
      expect(checkId('mediaId', id)).toBe(id);
    }
  });

  it('that is refused is named with its field and quoted', () => {
    expect(errorOf(() => checkText('title', '  ', 500)).message).toBe(
      'title: must have 1 to 500 characters, got "  "',
    );
  });
});

describe('a quoted input', () => {
  it('is cut at 100 characters', () => {
    expect(quote('a'.repeat(100))).toBe(`"${'a'.repeat(100)}"`);
    expect(quote('a'.repeat(101))).toBe(`"${'a'.repeat(100)}…"`);
  });

  it('is well formed even where the cut or the input is not', () => {
    expect(quote('🎬'.repeat(80)).isWellFormed()).toBe(true);
    expect(quote(`a${'🎬'.repeat(80)}`).isWellFormed()).toBe(true);
    expect(quote('a\ud83c')).toBe('"a\ufffd"');
  });

  it('shows quotes and control characters escaped', () => {
    expect(quote('"\u0000\n')).toBe('"\\"\\u0000\\n"');
  });

  it('in an error is never longer than it may be', () => {
    const { message } = errorOf(() => checkId('mediaId', 'x'.repeat(1_000_000)));
    expect(message.length).toBeLessThan(200);
  });
});

describe('a number', () => {
  it('may be each of its bounds', () => {
    expect(checkRange('duration', 0, 0, 5)).toBe(0);
    expect(checkRange('duration', 5, 0, 5)).toBe(5);
  });

  it.each([-1, 5.001, NaN, Infinity, -Infinity])('%d out of 0 to 5 is refused', (value) => {
    const error = errorOf(() => checkRange('duration', value, 0, 5));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.message).toBe(`duration: must be from 0 to 5, got ${String(value)}`);
  });
});

describe('the order of texts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 }).map((raw) => raw.toWellFormed());

  it('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareUtf8(a, b))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('puts the characters beyond the basic plane last, unlike that of UTF-16', () => {
    const [last, astral] = ['\uffee', '🎬'];
    expect(astral < last).toBe(true);
    expect(compareUtf8(astral, last)).toBeGreaterThan(0);
    expect(compareUtf8(last, astral)).toBeLessThan(0);
  });

  it('agrees with the bytes after a common beginning', () => {
    fc.assert(
      fc.property(text, text, text, (common, a, b) => {
        const [x, y] = [common + a, common + b];
        const expected = Buffer.compare(Buffer.from(x), Buffer.from(y));
        expect(Math.sign(compareUtf8(x, y))).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
