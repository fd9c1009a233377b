import { CdnLines } from '../../src/cli/cdn/cdn-lines.js';
import type { FileLine } from '../../src/cli/file-lines.js';
import type { ImportLine } from '../../src/cli/import-lines.js';
import { PlayheadError } from '../../src/domain/errors.js';
import {
  bytesBy,
  capturedRequests,
  FORMATS,
  logOf,
  toldBy,
  type CmcdMode,
  type Format,
} from '../support/cdn-logs.js';
import { SeededRandom } from '../support/random.js';

const LADDER = [
  { kbps: 300, label: '240p' },
  { kbps: 750, label: '540p' },
  { kbps: 1_500, label: '810p' },
];
const FROM = Date.now() - 3_600_000;
const requests = capturedRequests(FROM);

async function* fileLines(texts: readonly string[], isEnded = true): AsyncGenerator<FileLine> {
  for (const [index, text] of texts.entries()) {
    const bytes = Buffer.from(text);
    yield { number: index + 1, start: 0, length: bytes.length, bytes, isEnded };
    await Promise.resolve();
  }
}

async function readLog(
  format: Format,
  texts: readonly string[],
  more: { readonly hasViews?: boolean; readonly isEnded?: boolean } = {},
) {
  const log = new CdnLines(format, { ladder: LADDER, hasViews: more.hasViews === true });
  const lines: ImportLine[] = [];
  for await (const line of log.of(fileLines(texts, more.isEnded))) lines.push(line);
  return { lines, passedOver: log.passedOver };
}

interface Event {
  readonly mediaId: string;
  readonly sessionId: string;
  readonly eventType: string;
  readonly quality?: string;
  readonly bytesLoaded: number;
  readonly duration?: number;
  readonly errorCode?: string;
  readonly occurredAt: string;
  readonly lineId: string;
  readonly fromCdn?: true;
}
const eventIn = ({ json }: { readonly json: string }): Event => JSON.parse(json) as Event;
const eventOf = ({ event }: ImportLine): Event => {
  if (event instanceof PlayheadError) throw event;
  return eventIn(event);
};
const faultsIn = (lines: readonly ImportLine[]): readonly string[] =>
  lines.flatMap(({ event }) => (event instanceof PlayheadError ? [event.message] : []));

const QUALITY_OF: Readonly<Record<string, string>> = {
  '240p': 'LOW',
  '540p': 'MEDIUM',
  '810p': 'HIGH',
};
const qualityOf = ({ quality = 'AUTO' }: Event): string =>
  QUALITY_OF[quality] ?? (quality === 'AUTO' ? quality : 'LOW');

describe.each(FORMATS)('the requests of captures as a log of %s', (format) => {
  const modes: readonly CmcdMode[] = format === 'cloudfront' ? ['query'] : ['query', 'headers'];
  it.each(modes)('are read to the last byte, from the %s', async (mode) => {
    const { lines } = await readLog(format, logOf(format, requests, mode).split('\n'));
    const events = lines.map(eventOf);
    expect(events).toHaveLength(requests.length);
    const sums: Record<string, number> = {};
    for (const event of events) {
      const key = `${event.mediaId} ${event.sessionId} ${qualityOf(event)}`;
      sums[key] = (sums[key] ?? 0) + event.bytesLoaded;
    }
    expect(sums).toEqual(bytesBy(requests, ({ cid, sid, quality }) => `${cid} ${sid} ${quality}`));
    const seconds = requests.map(({ at }) => Math.floor(at / 1_000));
    expect(events.map(({ occurredAt }) => Math.floor(Date.parse(occurredAt) / 1_000))).toEqual(
      seconds,
    );
    expect(new Set(events.map(({ lineId }) => lineId)).size).toBe(events.length);
  });
});

const LINE = {
  time: new Date(FROM).toISOString(),
  status: 200,
  bytes: 100,
  path: '/seg-1.m4s',
  cmcd: 'cid="m1",sid="s1",ot=v,br=750,d=2000',
};
const line = (more: object = {}): string => JSON.stringify({ ...LINE, ...more });
const cmcd = (text: string): string => line({ cmcd: text });

describe('a line', () => {
  it.each([
    [{ cmcd: 'cid="m1"' }, 'sid: must be a text of 1 to 64 characters'],
    [{ cmcd: `cid="m1",sid="${'s'.repeat(65)}"` }, 'sid: must be a text of 1 to 64 characters'],
    [{ cmcd: 'cid="m1",sid=7' }, 'sid: must be a text of 1 to 64 characters'],
    [{ cmcd: 'sid="s1"' }, 'cid: must be a text of 1 to 200 characters'],
    [{ cmcd: 'cid="m1",sid="s1",v=3' }, 'v: must be 1 or 2'],
    [{ cmcd: 'cid="m1",sid="s1",br=999999999999999999999' }, 'CMCD: cannot be read'],
    [{ cmcd: '=' }, 'CMCD: cannot be read'],
    [{ time: 'soon' }, 'time: cannot be read'],
    [{ time: undefined }, 'time: cannot be read'],
    [{ time: '2999-01-01T00:00:00Z' }, 'occurredAt: must not lie more than 5 minutes ahead'],
    [{ bytes: -1 }, 'bytes: must be a whole number'],
    [{ bytes: '12 kB' }, 'bytes: must be a whole number'],
    [{ bytes: 2 ** 41 }, `bytes: must be a whole number of at most ${String(2 ** 40)}`],
    [{ status: null }, 'status: must be a whole number'],
  ])('with %j is bad', async (more, why) => {
    const { lines } = await readLog('ndjson', [line(more)]);
    expect(faultsIn(lines)).toEqual([expect.stringContaining(why)]);
  });

  it('without CMCD is passed over, whatever else it says', async () => {
    const texts = [
      line({ cmcd: undefined }),
      line({ cmcd: '', time: 'soon', bytes: 'x' }),
      '',
      ' ',
    ];
    const { lines, passedOver } = await readLog('ndjson', [...texts, line({ cmcd: '-' })]);
    expect([lines, passedOver]).toEqual([[], { withoutCmcd: 3, withinCdn: 0, withoutContent: 0 }]);
  });

  it('that a server of the CDN asked for is passed over', async () => {
    const { lines, passedOver } = await readLog('fastly-ndjson', ['{"fastly_is_edge":false}']);
    expect([lines, passedOver]).toEqual([[], { withoutCmcd: 0, withinCdn: 1, withoutContent: 0 }]);
  });

  it.each([
    ['br=700,ot=v', '540p'],
    ['br=701.917,ot=v', '540p'],
    ['br=(48;a 1500;v),ot=av,v=2', '810p'],
    ['br=(302),ot=m,v=2', '240p'],
    ['br=700', '540p'],
    ['br=3000,ot=v', '3000 kbps'],
    ['br=700,ot=a', undefined],
    ['br=(48;a),ot=i,v=2', undefined],
    ['br=(48;a),v=2', undefined],
    ['br=0,ot=v', undefined],
    ['br="700",ot=v', undefined],
    ['ot=m', undefined],
  ])('is of the rendition of %s', async (keys, quality) => {
    const { lines } = await readLog('ndjson', [cmcd(`cid="m1",sid="s1",${keys}`)]);
    expect(lines.map((one) => eventOf(one).quality)).toEqual([quality]);
  });

  it('is told by its headers, where any is there, else by its query', async () => {
    const query = `CMCD=${encodeURIComponent('cid="m1",sid="of-query"')}`;
    const headers = { 'cmcd-session': 'cid="m1",sid="of-header"', 'cmcd-object': '' };
    const { lines } = await readLog('ndjson', [
      line({ cmcd: undefined, query, headers }),
      line({ cmcd: undefined, query }),
      line({ cmcd: undefined, query, headers: { 'cmcd-object': 'br=700' } }),
    ]);
    expect(lines.slice(0, 2).map((one) => eventOf(one).sessionId)).toEqual([
      'of-header',
      'of-query',
    ]);
    expect(faultsIn(lines.slice(2))).toEqual([expect.stringContaining('sid')]);
  });

  it.each([
    ['once', encodeURIComponent('cid="m%261",sid="s=1",nor="..%2Fa"')],
    ['once more', encodeURIComponent(encodeURIComponent('cid="m%261",sid="s=1",nor="..%2Fa"'))],
  ])('may be percent-encoded %s', async (_, text) => {
    const { lines } = await readLog('ndjson', [
      line({ cmcd: undefined, query: `a=1&CMCD=${text}` }),
    ]);
    expect(lines.map(eventOf)).toMatchObject([{ mediaId: 'm%261', sessionId: 's=1' }]);
  });

  it('that is not ended may be cut off, but for JSON', async () => {
    const isEnded = false;
    const cut = await readLog('nginx', ['192.0.2.1'], { isEnded });
    expect(faultsIn(cut.lines)).toEqual([expect.stringContaining('written to its end')]);
    const whole = await readLog('ndjson', [line()], { isEnded });
    expect(faultsIn(whole.lines)).toEqual([]);
  });
});

describe('the identity of a line', () => {
  it("is the CDN's id of the request", async () => {
    const { lines } = await readLog('ndjson', [
      line({ id: 'r1' }),
      line({ id: 'r1', bytes: 5 }),
      line({ id: 'r2' }),
    ]);
    const [first, same, other] = lines.map((one) => eventOf(one).lineId);
    expect(first).toBe(same);
    expect(first).not.toBe(other);
    expect(first).not.toContain('r1');
  });

  it('is what it holds, else, and its number among equal ones', async () => {
    const idsOf = async (...texts: readonly string[]) =>
      (await readLog('ndjson', texts)).lines.map((one) => eventOf(one).lineId);
    const ids = await idsOf(line(), line(), line({ bytes: 5 }));
    expect(new Set(ids).size).toBe(3);
    expect(await idsOf(line({ bytes: 5 }), line(), line(), line())).toEqual(
      expect.arrayContaining([...ids]),
    );
  });
});

test('requests that fetch nothing are no deliveries', async () => {
  const { lines, passedOver } = await readLog(
    'ndjson',
    ['OPTIONS', 'HEAD', 'GET', undefined].map((method) => line({ method })),
    { hasViews: true },
  );
  expect(lines).toHaveLength(2);
  expect(passedOver).toEqual({ withoutCmcd: 0, withinCdn: 0, withoutContent: 2 });
});

describe('with views', () => {
  const shownBy = async (...texts: readonly string[]) => {
    const { lines } = await readLog('ndjson', texts, { hasViews: true });
    return lines.map(({ shown }) => ({
      start: shown?.start === undefined ? undefined : eventIn(shown.start).eventType,
      rest: (shown?.rest ?? []).map(eventIn),
    }));
  };
  const typesIn = async (...texts: readonly string[]) =>
    (await shownBy(...texts)).map(({ start, rest }) =>
      [start, ...rest.map(({ eventType }) => eventType)].filter((type) => type !== undefined),
    );
  const of = (keys: string, more: object = {}): string =>
    line({ cmcd: `cid="m1",sid="s1",${keys}`, ...more });

  it('a segment shows a view, once, and what it holds was watched', async () => {
    const types = await typesIn(of('ot=m'), of('ot=i'), of('ot=a,d=2000'), of('ot=v,d=2000'));
    expect(types).toEqual([[], [], ['SESSION_START'], ['HEARTBEAT']]);
    const [shown] = await shownBy(of('ot=av,d=2000,br=700'));
    expect(shown?.rest).toMatchObject([
      { eventType: 'HEARTBEAT', duration: 2, fromCdn: true, quality: '540p', mediaId: 'm1' },
    ]);
  });

  it('a segment that is fetched again is watched once, and each session for itself', async () => {
    const other = line({ cmcd: 'cid="m1",sid="s2",ot=v,d=2000' });
    const all = await shownBy(of('ot=v,d=2000'), of('ot=v,d=2000', { bytes: 7 }), other);
    const ids = all.flatMap(({ rest }) => rest.map(({ lineId }) => lineId));
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });

  it('a segment is told by its address, where its query is part of that, but for CMCD', async () => {
    const asked = (query: string): string => line({ cmcd: undefined, query });
    const cmcd = 'CMCD=cid%3D%22m1%22%2Csid%3D%22s1%22%2Cot%3Dv%2Cd%3D2000';
    const all = await shownBy(
      asked(cmcd),
      asked(`${cmcd}%2Cbl%3D500`),
      asked(`sq=1&${cmcd}`),
      asked(`${cmcd}%2Cbl%3D500&sq=1`),
      asked(`sq=2&${cmcd}`),
    );
    const ids = all.flatMap(({ rest }) => rest.map(({ lineId }) => lineId));
    expect(ids.map((id) => ids.indexOf(id))).toEqual([0, 0, 2, 2, 4]);
  });

  it('a starved player has stalled, once for the picture of each request', async () => {
    const types = await typesIn(of('ot=v,bs'), of('ot=a,bs'), of('ot=v,bs=?0'), of('ot=m,bs'));
    expect(types).toEqual([['SESSION_START', 'BUFFERING'], [], [], []]);
  });

  it('a segment that failed is an error, and no view', async () => {
    const types = await typesIn(
      ...[404, 503, 499, 0].map((status) => of('ot=v,d=2000', { status })),
    );
    expect(types).toEqual([['PLAYBACK_ERROR'], ['PLAYBACK_ERROR'], [], []]);
    const [shown] = await shownBy(of('ot=v', { status: 404 }));
    expect(shown?.rest).toMatchObject([{ errorCode: 'HTTP 404' }]);
  });

  it('a segment that is elsewhere shows nothing, and one that did not change a view', async () => {
    const redirected = [301, 302, 303, 307, 308, 100];
    const types = await typesIn(
      ...redirected.map((status) => of('ot=v,d=2000', { status })),
      of('ot=v,d=2000', { status: 304 }),
    );
    expect(types).toEqual([...redirected.map(() => []), ['SESSION_START', 'HEARTBEAT']]);
  });

  it('nothing is shown where nobody asks for it', async () => {
    const { lines } = await readLog('ndjson', [of('ot=v,d=2000,bs')]);
    expect(lines.map(({ shown }) => shown)).toEqual([undefined]);
  });
});

test('20,000 broken lines break nothing, and each is counted for what it is', async () => {
  const random = new SeededRandom(7);
  const alphabet = [
    ...Array.from(' "[]{}\\,=;()%#\t:-+.0987abZé\u0000'),
    ...['%22', '%2', '\\x', '?1', 'CMCD='],
  ];
  const sources = FORMATS.map((format) => logOf(format, requests.slice(0, 60)).trim().split('\n'));
  const mutate = (text: string): string => {
    const at = random.whole(0, text.length);
    const length = random.whole(0, random.chance(0.2) ? text.length : 3);
    const put = random.chance(0.7) ? random.pick(alphabet as [string, ...string[]]) : '';
    return text.slice(0, at) + put + text.slice(at + length);
  };
  let seen = 0;
  for (const [index, format] of FORMATS.entries()) {
    const [first = '', ...rest] = sources[index] ?? [];
    const isHeaded = first.startsWith('#');
    const head = isHeaded ? [first, rest[0] ?? ''] : [];
    const body = isHeaded ? rest.slice(1) : [first, ...rest];
    const texts = Array.from({ length: 4_000 }, () => {
      let text = random.pick(body as [string, ...string[]]);
      for (let count = random.whole(1, 4); count > 0; count -= 1) text = mutate(text);
      return text;
    });
    const { lines, passedOver } = await readLog(format, [...head, ...texts], { hasViews: true });
    const isIgnored = (text: string): boolean =>
      text.trim() === '' || (isHeaded && text.startsWith('#'));
    const { withoutCmcd, withinCdn, withoutContent } = passedOver;
    const told = lines.length + withoutCmcd + withinCdn + withoutContent;
    expect(told).toBe(texts.filter((text) => !isIgnored(text)).length);
    expect(faultsIn(lines).every((message) => /^\w+: /.test(message))).toBe(true);
    seen += texts.length;
  }
  expect(seen).toBe(20_000);
});

test('the captures have sessions and titles in every request', () => {
  expect(requests.length).toBeGreaterThan(400);
  expect(requests.map(toldBy).filter(({ sid, cid }) => sid === '' || cid === '')).toEqual([]);
  expect(requests.filter(({ status }) => status !== 200).length).toBeGreaterThan(0);
});
