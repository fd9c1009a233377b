import {
  answerOf,
  ask,
  askBreakdown,
  askFigures,
  askRetention,
  askSeries,
  type Asked,
} from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';
import { codeOf, type GraphqlAnswer } from '../support/graphql.js';

const under = withServer();
let asked: Asked;
beforeAll(async () => {
  const { position } = await under.client.record({ mediaId: 'm', eventType: 'SESSION_START' });
  asked = { url: under.server.url, position };
});

const QUARTER_MS = 900_000;
const FROM_MS = Date.parse('2026-01-01T00:00:00Z');
const from = new Date(FROM_MS).toISOString();
const quartersLater = (count: number): string =>
  new Date(FROM_MS + count * QUARTER_MS).toISOString();
const DAY = { from, to: quartersLater(96) };

const inZone = (timeZone: string): object => ({ range: { ...DAY, timeZone } });
const filtered = (...filter: object[]): object => ({ range: DAY, filter });
const media = (...anyOf: string[]): object => ({ dimension: 'MEDIA', anyOf });
const manyIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `m${String(i)}`);

/** What is wrong with both questions alike, with the name that the answer has to say. */
const WRONG: readonly (readonly [string, object, string])[] = [
  ['a zone that does not exist', inZone('Mars/Olympus_Mons'), 'timeZone'],
  ['an offset as a zone', inZone('+02:00'), 'timeZone'],
  ['an offset from a zone', inZone('UTC+2'), 'timeZone'],
  ['an abbreviation as a zone', inZone('AST'), 'timeZone'],
  ['no name as a zone', inZone(''), 'timeZone'],
  ['a very long name as a zone', inZone('x'.repeat(10_000)), 'timeZone'],
  ['a range without length', { range: { from, to: from } }, 'range'],
  ['a range upside down', { range: { from: DAY.to, to: DAY.from } }, 'range'],
  ['no time', { range: { from: 'yesterday', to: DAY.to } }, 'range.from'],
  ['21 filters', filtered(...Array.from({ length: 21 }, () => media('a'))), 'filter'],
  ['a long value', filtered({ dimension: 'PAGE', anyOf: ['x'.repeat(1_001)] }), 'filter.anyOf'],
  ['no values', filtered(media()), 'filter.anyOf'],
  ['51 values', filtered(media(...manyIds(51))), 'filter.anyOf'],
  ['a long id', filtered(media('x'.repeat(10_000))), 'filter.anyOf'],
  ['a separator of keys in an id', filtered(media('a\u001fb')), 'filter.anyOf'],
  ['a dimension that is not there', filtered({ dimension: 'WEATHER', anyOf: ['a'] }), 'filter'],
  ['a comparison that is not there', { range: DAY, compare: 'NEXT' }, 'compare'],
];

const series = (members: object): object => ({
  ...{ range: DAY, interval: 'HOUR', metrics: ['VIEWS'], ...members },
});
const metrics = (count: number): object =>
  series({ metrics: Array.from({ length: count }, () => 'VIEWS') });
const quarters = (count: number): object =>
  series({ interval: 'QUARTER_HOUR', range: { from, to: quartersLater(count) } });
const minutes = (count: number): object =>
  series({ interval: 'MINUTE', range: { from, to: quartersLater(count) } });
/** What is wrong with a series alone. */
const WRONG_SERIES: typeof WRONG = [
  ['no metrics', metrics(0), 'metrics'],
  ['7 metrics', metrics(7), 'metrics'],
  ['a metric that is not there', series({ metrics: ['MOOD'] }), 'metrics'],
  ['2,001 buckets', quarters(2_001), 'interval'],
  ['an interval that is not there', series({ interval: 'FORTNIGHT' }), 'interval'],
  ['minutes of 25 hours and a quarter', minutes(101), 'interval'],
];

const table = (members: object): object => ({
  ...{ range: DAY, by: 'DEVICE', first: 10, ...members },
});
/** What is wrong with a table alone. */
const WRONG_TABLES: typeof WRONG = [
  ['no rows', table({ first: 0 }), 'first'],
  ['101 rows', table({ first: 101 }), 'first'],
  ['fewer than no views', table({ minViews: -1 }), 'minViews'],
  ['fewer than no attempts', table({ minAttempts: -1 }), 'minAttempts'],
  ['a long text to search for', table({ search: 'x'.repeat(1_001) }), 'search'],
  ['a cursor that nobody issued', table({ after: 'WzE2Mzg0LDEsIkRFIl0' }), 'after'],
  ['no cursor', table({ after: '' }), 'after'],
  ['a dimension that is not there', table({ by: 'MOOD' }), 'by'],
  ['an order that is not there', table({ orderBy: 'MOOD' }), 'orderBy'],
];

function expectRefused(answer: GraphqlAnswer, name: string): void {
  expect(codeOf(answer)).toBe('BAD_USER_INPUT');
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors[0]?.message).toContain(name);
  // Nobody is sent back what is long.
  expect(answer.text.length).toBeLessThan(1_500);
}

describe('is refused by name', () => {
  test.each(WRONG)('%s', async (_, variables, name) => {
    expectRefused(await askFigures(asked, variables), name);
    expectRefused(await askSeries(asked, series(variables)), name);
    expectRefused(await askBreakdown(asked, table(variables)), name);
    if ('compare' in variables) return;
    expectRefused(await askRetention(asked, { mediaId: 'm', ...variables }), name);
  });

  test.each([
    ['an empty id', ''],
    ['a long id', 'x'.repeat(10_000)],
    ['a separator of keys in an id', 'a\u001fb'],
  ])('%s of a title', async (_, mediaId) => {
    expectRefused(await askRetention(asked, { range: DAY, mediaId }), 'mediaId');
  });

  test.each(WRONG_SERIES)('%s', async (_, variables, name) => {
    expectRefused(await askSeries(asked, variables), name);
  });

  test.each(WRONG_TABLES)('%s', async (_, variables, name) => {
    expectRefused(await askBreakdown(asked, variables), name);
  });

  test('what is written out, too', async () => {
    const range = (members: string): string =>
      `range: { from: "${DAY.from}", to: "${DAY.to}" ${members} }`;
    const written = [
      [`figures(${range('timeZone: "+02:00"')})`, 'timeZone'],
      [`figures(${range('')}, filter: { dimension: MEDIA, anyOf: [] })`, 'filter.anyOf'],
      [`figures(range: { from: "${DAY.to}", to: "${DAY.from}" })`, 'range'],
    ] as const;
    for (const [field, name] of written) {
      expectRefused(await ask(asked, `{ ${field} { figures { views } } }`), name);
    }
  });
});

describe('is answered', () => {
  test('what is just within the limits', async () => {
    const six = await askSeries(asked, metrics(6));
    expect(answerOf(six)).toMatchObject({ series: Array.from({ length: 6 }, () => ({})) });
    const most = answerOf(await askSeries(asked, quarters(2_000))) as { at: unknown[] };
    expect(most.at).toHaveLength(2_000);
    const most25 = answerOf(await askSeries(asked, minutes(100))) as { at: unknown[] };
    expect(most25.at).toHaveLength(1_500);
    const ids = answerOf(await askFigures(asked, filtered(media(...manyIds(50)))));
    expect(ids).toMatchObject({ figures: { views: 0 } });
  });

  test('or refused at once, whatever the range is', async () => {
    const ranges = [
      { from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' },
      { from: '1970-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' },
      { from: '9999-12-31T00:00:00Z', to: '9999-12-31T23:59:59.999Z' },
      { from: '0000-01-01T00:00:00Z', to: '0000-01-02T00:00:00Z' },
    ];
    for (const range of ranges) {
      for (const compare of [null, 'PREVIOUS', 'SAME_WEEKDAYS', 'YEAR_BEFORE']) {
        const zoned = { range: { ...range, timeZone: 'America/Sao_Paulo' }, compare };
        const answers = [await askFigures(asked, zoned), await askBreakdown(asked, table(zoned))];
        for (const interval of ['QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH']) {
          answers.push(await askSeries(asked, series({ ...zoned, interval })));
        }
        for (const answer of answers) {
          const code = answer.errors.length === 0 ? 'answered' : codeOf(answer);
          expect(['answered', 'BAD_USER_INPUT', 'QUERY_TOO_COMPLEX']).toContain(code);
        }
      }
    }
  });
});
