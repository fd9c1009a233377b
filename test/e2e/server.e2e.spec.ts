import { readVersion } from '../../src/version.js';
import { answerOf } from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { sendEvents, withKey } from '../support/http.js';

const KEYS = { READ_KEY: 'read-key-000000001', ADMIN_KEY: 'admin-key-00000001' };
const SERVER = `{ server { version role customDimensions egressPricePerGib qualifiedViewSeconds
  liveWindowSeconds retentionDays firstEventAt } }`;
const INGEST = '{ ingest { accepted duplicates refused { reason count } perSecond } }';

const ask = async (url: string, query: string, headers = {}): Promise<unknown> =>
  answerOf(await sendGraphql(url, { query }, headers));

describe('a server without settings', () => {
  const under = withServer();

  it('tells its defaults, and that everybody is an administrator', async () => {
    expect(await ask(under.server.url, SERVER)).toEqual({
      ...{ version: readVersion(), role: 'admin', customDimensions: [] },
      ...{ egressPricePerGib: 0.085, qualifiedViewSeconds: 30, liveWindowSeconds: 75 },
      ...{ retentionDays: null, firstEventAt: null },
    });
  });

  it('tells when its first event happened, whenever that came', async () => {
    const at = (day: string): string => new Date(Date.parse(day)).toISOString();
    const position = async (occurredAt: string): Promise<string> => {
      const event = { mediaId: occurredAt, eventType: 'HEARTBEAT', occurredAt };
      const { json } = await sendEvents(under.server.url, [event], { import: 'past' });
      return String(json.position);
    };
    const first = async (readAfter: string): Promise<unknown> =>
      ask(under.server.url, '{ server { firstEventAt } }', { 'read-after': readAfter });
    const later = at('2025-03-11T12:00:00.123Z');
    expect(await first(await position(later))).toEqual({ firstEventAt: later });
    const earlier = at('2024-02-01T00:00:00.007Z');
    expect(await first(await position(earlier))).toEqual({ firstEventAt: earlier });
    expect(await first(await position(at('2025-01-01')))).toEqual({ firstEventAt: earlier });
  });
});

describe('a server with settings', () => {
  const under = withServer({
    ...KEYS,
    ...{ CUSTOM_DIMENSIONS: 'channel,plan', EGRESS_PRICE_PER_GIB: '0.02', RETENTION_DAYS: '90' },
    ...{ QUALIFIED_VIEW_SECONDS: '2.5', LIVE_WINDOW_SECONDS: '40' },
  });

  it.each([
    ['read', KEYS.READ_KEY],
    ['admin', KEYS.ADMIN_KEY],
  ])('tells them, and the role of a key for %s', async (role, key) => {
    expect(await ask(under.server.url, SERVER, withKey(key))).toMatchObject({
      ...{ role, customDimensions: ['channel', 'plan'], egressPricePerGib: 0.02 },
      ...{ qualifiedViewSeconds: 2.5, liveWindowSeconds: 40, retentionDays: 90 },
    });
  });
});

describe('what was sent to a node', () => {
  const under = withServer();

  it('is counted by what became of it', async () => {
    const { url } = under.server;
    const event = (eventId: string, more = {}): object => ({
      ...{ mediaId: 'm', sessionId: 's', eventType: 'HEARTBEAT', eventId },
      ...{ occurredAt: new Date(Date.now() - 60_000).toISOString().replace(/\d+Z/, '000Z') },
      ...more,
    });
    const good = [event('1'), event('2'), event('3')];
    expect((await sendEvents(url, good)).status).toBe(202);
    // Two are known, one of them says something else, and one is new.
    expect(
      (await sendEvents(url, [...good.slice(0, 1), event('2', { duration: 5 }), event('4')]))
        .status,
    ).toBe(202);
    expect((await sendEvents(url, [event('5'), event('6', { duration: -1 })])).status).toBe(400);
    const ofBot = { 'user-agent': 'Googlebot/2.1', origin: 'https://example.org' };
    expect((await sendEvents(url, [event('7'), event('8')], ofBot)).status).toBe(202);
    const { perSecond, ...counts } = (await ask(url, INGEST)) as { perSecond: number };
    expect(counts).toEqual({
      accepted: 4,
      duplicates: 2,
      refused: [
        { reason: 'invalid', count: 1 },
        { reason: 'batch', count: 1 },
        { reason: 'store', count: 0 },
        { reason: 'bot', count: 2 },
      ],
    });
    // Of the time since the start: less than the minute that it takes at most.
    expect(perSecond).toBeGreaterThanOrEqual(4 / 60);
    expect(perSecond).toBeLessThanOrEqual(4);
  });
});
