import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { sendEvents } from '../support/http.js';
import { SeededRandom, seedOfRun } from '../support/random.js';

const ADDRESSES = 50;
const SESSIONS = 300;
const DAYS = 30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Auckland',
] as const;
const COMPARISONS = {
  prev: 'PREVIOUS',
  weekdays: 'SAME_WEEKDAYS',
  year: 'YEAR_BEFORE',
  none: null,
} as const;
/** The values that sessions have; an empty one stands for none. */
const VALUES = {
  COUNTRY: ['DE', 'AT', 'BR', ''],
  DEVICE: ['TV', 'PHONE', 'DESKTOP'],
  MEDIA: ['a', 'b/c.d', 'e:f', 'g,h'],
  CDN: ['north', 'south', ''],
} as const;
const DIMENSIONS = ['COUNTRY', 'DEVICE', 'MEDIA', 'CDN'] as const;
/** The cards of the overview, and their fields. */
const CARDS = {
  VIEWS: 'views',
  UNIQUE_VIEWERS: 'uniqueViewers',
  WATCH_TIME: 'watchTime',
  AVERAGE_WATCH_TIME: 'averageWatchTime',
  COMPLETION_RATE: 'completionRate',
  REBUFFER_RATIO: 'rebufferRatio',
  START_FAILURE_RATE: 'startFailureRate',
  BYTES: 'bytes',
  COST: 'cost',
} as const;

type Field = (typeof CARDS)[keyof typeof CARDS];
type Fields = Readonly<Record<Field, number | null>> &
  Readonly<Record<'views' | 'anonymousViews', number>>;

const open = withServer();

function eventsOf(random: SeededRandom, session: number, nowMs: number): readonly object[] {
  const startMs = nowMs - random.whole(60, DAYS * 24 * 60) * MINUTE_MS;
  const at = (minutes: number): string => new Date(startMs + minutes * MINUTE_MS).toISOString();
  const chosen = DIMENSIONS.map((name) => [name, random.pick(VALUES[name])] as const);
  const [country, device, mediaId, cdn] = chosen.map(([, value]) => value || undefined);
  const common = { mediaId, sessionId: `session-${String(session)}` };
  const userId = random.chance(0.8) ? `viewer-${String(random.whole(1, 90))}` : undefined;
  const context = { country, device, cdn };
  const kinds = [
    ['PLAY_REQUESTED', 0, { userId, context }],
    ...(random.chance(0.9)
      ? ([
          ['SESSION_START', 0, { userId, context, startupTime: random.next() * 3 }],
          ['HEARTBEAT', 1, { duration: 60 * random.next(), bytesLoaded: random.whole(0, 1e8) }],
          ['BUFFERING', 2, { duration: random.next() * 5 }],
        ] as const)
      : ([['PLAYBACK_ERROR', 1, { errorCode: 'E1' }]] as const)),
    ['SESSION_END', 3, { endReason: random.pick(['ENDED', 'QUIT', 'FAILED']) }],
  ] as const;
  return kinds.map(([eventType, minutes, rest], n) => ({
    ...{ ...common, eventType, eventId: String(n), occurredAt: at(minutes), ...rest },
  }));
}

interface Asked {
  readonly search: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Draws an address, and the question that it stands for. */
function draw(random: SeededRandom, nowMs: number): Asked {
  const timeZone = random.pick(ZONES);
  const compare = random.pick(['prev', 'weekdays', 'year', 'none'] as const);
  const { r, from, to } = drawRange(random, dateIn(timeZone, nowMs));
  const filter = Array.from({ length: random.whole(0, 2) }, () => {
    const dimension = random.pick(DIMENSIONS);
    const anyOf = random.shuffled(VALUES[dimension]).slice(0, random.whole(1, 2));
    return { dimension, anyOf, exclude: random.chance(0.3) };
  });
  const search = new URLSearchParams({ r, tz: timeZone, c: compare });
  for (const { dimension, anyOf, exclude } of filter) {
    const values = anyOf.map((value) => value.replaceAll(',', '\\,')).join(',');
    search.append('f', `${exclude ? '!' : ''}${dimension.toLowerCase()}:${values}`);
  }
  const range = { from: midnight(from, timeZone), to: midnight(to, timeZone), timeZone };
  return {
    search: search.toString(),
    variables: { range, filter, compare: COMPARISONS[compare] },
  };
}

/** Draws a range as addresses write it, with its first day and the day after its last one. */
function drawRange(random: SeededRandom, today: string): { r: string; from: string; to: string } {
  if (random.chance(0.4)) {
    const days = random.pick([7, 28]);
    return { r: `${String(days)}d`, from: moved(today, 1 - days), to: moved(today, 1) };
  }
  const last = moved(today, -random.whole(0, 10));
  const first = moved(last, -random.whole(0, 25));
  const isShort = first.slice(0, 7) === last.slice(0, 7) && random.chance(0.5);
  return { r: `${first}..${isShort ? last.slice(8) : last}`, from: first, to: moved(last, 1) };
}

const dateIn = (timeZone: string, ms: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(ms);

const moved = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/** The beginning of a day of a zone: the first quarter hour that has its date. */
function midnight(date: string, timeZone: string): string {
  let ms = Date.parse(date) - DAY_MS;
  while (dateIn(timeZone, ms) < date) ms += 15 * MINUTE_MS;
  return new Date(ms).toISOString();
}

const FIELDS = Object.values(CARDS).join(' ');
const QUESTION = `query ($range: RangeInput!, $filter: [FilterInput!], $compare: Comparison) {
  figures(range: $range, filter: $filter, compare: $compare) {
    figures { ${FIELDS} anonymousViews } previous { ${FIELDS} anonymousViews } } }`;

describeWithChromium('addresses of the dashboard', () => {
  const seed = seedOfRun();
  let browser: Browser | undefined;
  let tab: Page;
  beforeAll(async () => {
    const random = new SeededRandom(seed);
    for (let n = 0; n < SESSIONS; n += 1) {
      const events = eventsOf(random, n, Date.now());
      const { status, text } = await sendEvents(open.server.url, events);
      expect([status, text]).toEqual([202, text]);
    }
    browser = await startBrowser();
    tab = await browser.newPage();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
  });

  /** The exact values on the cards, and those of the period before; empty ones are null. */
  const shown = async (attribute: 'value' | 'previous'): Promise<Record<string, number | null>> => {
    const found = await tab.evaluate(
      `Object.fromEntries(${JSON.stringify(Object.entries(CARDS))}.map(([metric, field]) => {
        const value = document.querySelector('[data-panel=figures] [data-metric=' + metric + ']');
        const place = ${JSON.stringify(attribute)} === 'value'
          ? value : value.closest('.card').querySelector('[data-previous]');
        return [field, place?.dataset[${JSON.stringify(attribute)}]];
      }))`,
    );
    return Object.fromEntries(
      Object.entries(found as Record<string, string | undefined>).flatMap(([field, value]) =>
        value === undefined ? [] : [[field, value === '' ? null : Number(value)]],
      ),
    );
  };

  it(`show what the API answers to the same question, seed ${String(seed)}`, async () => {
    const random = new SeededRandom(seed);
    const seen = { views: 0, comparedWith: 0 };
    for (let n = 0; n < ADDRESSES; n += 1) {
      const { search, variables } = draw(random, Date.now());
      await tab.goto(`${open.server.url}/?${search}`);
      await tab.waitForSelector('html[data-ready]', { timeout: 60_000 });
      const { data } = await sendGraphql(open.server.url, { query: QUESTION, variables });
      const { figures, previous } = (data as { figures: Record<string, Fields | null> }).figures;
      if (figures == null) throw new Error(`no figures for ${search}`);
      expect({ search, ...(await shown('value')) }).toEqual({ search, ...known(figures) });
      const before = await shown('previous');
      const expected = previous == null ? {} : known(previous);
      expect({ search, ...expected }).toMatchObject({ search, ...before });
      seen.views += figures.views;
      seen.comparedWith += before.views ?? 0;
    }
    expect(seen.views).toBeGreaterThan(ADDRESSES);
    expect(seen.comparedWith).toBeGreaterThan(0);
  });
});

/** Viewers of whom nobody knows are not none. */
function known({ anonymousViews, ...cards }: Fields): object {
  const isUnknown = cards.views > 0 && anonymousViews === cards.views;
  return isUnknown ? { ...cards, uniqueViewers: null } : cards;
}
