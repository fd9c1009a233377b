import fc from 'fast-check';
import { checkId } from '../../src/domain/checked-values.js';
import { rememberingTexts } from '../../src/domain/once-per-text.js';
import { cleanContext } from '../../src/domain/stated-context.js';
import { inNfc } from '../../src/domain/text.js';
import { hostOf, pageOf } from '../../src/domain/web-addresses.js';

/** Marks of nine classes, from the highest to the lowest: as far from their order as can be. */
const CLASSES = '\u0345\u0360\u035c\u0315\u0301\u05ae\u059a\u0323\u0321';
const disorder = (length: number): string =>
  Array.from(CLASSES, (mark) => mark.repeat(Math.ceil(length / CLASSES.length)))
    .join('')
    .slice(0, length);

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What is refused is refused within so many milliseconds of CPU. */
const REFUSED_MS_MAX = 250;
const TIMES = 150;

describe('a long run of marks in disorder', () => {
  it.each([
    ['an id', (marks: string) => inNfc(`a${marks}`)],
    ['a host', (marks: string) => hostOf(`https://a${marks}/`)],
    ['a page', (marks: string) => pageOf(`https://host/${marks}`)],
    ['a context', (marks: string) => cleanContext({ os: `a${marks}` })],
  ])('takes little more than twice the CPU for twice the marks: %s', (_, work) => {
    const often = (marks: string): number =>
      Math.min(
        ...[1, 2, 3].map(() =>
          cpuMsOf(() => {
            for (let i = 0; i < TIMES; i += 1) work(marks);
          }),
        ),
      );
    often(disorder(797));
    const [half, whole] = [often(disorder(797)), often(disorder(1_594))];
    expect(whole / half).toBeLessThan(3);
  });

  it('is brought into the NFC that Unicode says', () => {
    const marks = Array.from(`${CLASSES}\u0344\u0340\u0f73\u0334\u3099\u093c\u0903\u20dd\u094d`);
    const more = ['\u0e38', '\u0ebb', '\u{1d165}', '\u{1d16d}', '\u{1e94a}', '\u{16ff0}', 'e'];
    const unit = fc.constantFrom(...marks, ...more);
    fc.assert(
      fc.property(fc.string({ unit, minLength: 31, maxLength: 200 }), (text) => {
        expect(inNfc(`a${text}`)).toBe(`a${text}`.normalize('NFC'));
      }),
    );
  });
});

describe('a long text that each event of a batch has', () => {
  const names = ['os', 'browser', 'player', 'app', 'cdn', 'custom1', 'custom2', 'custom3', 'page'];
  const text = `a${disorder(1_594)}`;
  const context = Object.fromEntries(names.map((name) => [name, text]));

  it('is worked on once', () => {
    const cpuMs = cpuMsOf(() => {
      rememberingTexts(() => {
        for (let event = 0; event < 10_000; event += 1) cleanContext(context);
      });
    });
    expect(cpuMs).toBeLessThan(REFUSED_MS_MAX);
  });

  it('is worked on once where it is an id that is too long', () => {
    let refused = 0;
    const cpuMs = cpuMsOf(() => {
      rememberingTexts(() => {
        for (let event = 0; event < 1_000; event += 1) {
          try {
            checkId('mediaId', text);
          } catch {
            refused += 1;
          }
        }
      });
    });
    expect(refused).toBe(1_000);
    expect(cpuMs).toBeLessThan(REFUSED_MS_MAX);
  });

  it('is forgotten at the end of the batch, and as good as new', () => {
    const first = rememberingTexts(() => cleanContext(context));
    expect(cleanContext(context)).toEqual(first);
    expect(() => {
      rememberingTexts(() => {
        throw new Error('a fault');
      });
    }).toThrow('a fault');
    expect(rememberingTexts(() => cleanContext(context))).toEqual(first);
  });
});
