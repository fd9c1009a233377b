import { readCmcdLine, type CmcdLine } from '../../../src/api/cmcd/read-line.js';
import { CMCD_REJECTIONS } from '../../../src/telemetry/refusals.js';
import { captures } from '../../support/cmcd-captures.js';
import { SeededRandom, seedOfRun } from '../../support/random.js';

const RATES = { ladder: [{ kbps: 750, label: '540p' }], areBytesEstimated: true };
const read = (text: string): CmcdLine => {
  const line = readCmcdLine(text, RATES);
  if (typeof line === 'string') throw new Error(line);
  return line;
};
const BASE = 'sid="s",ts=1795773447933,v=2';
const reportOf = (keys: string): CmcdLine['report'] => read(`e=ps,${keys},${BASE}`).report;
const AT = { event: 'ps', at: 1795773447933 };

const captured = captures.flatMap(({ posts }) =>
  posts.flatMap(({ body }) => body.split('\n').filter((line) => line !== '')),
);

describe('a line of CMCD', () => {
  it('is read as dash.js sends it', () => {
    const line = read(
      'ab=(700;v 48;a),bl=(2000;v 1800;a),br=(48;a 700;v),cid="vod",e=ps,msd=18,sid="1c47",sn=8,' +
        'st=v,sta=p,ts=1795773450319,v=2',
    );
    expect(line).toEqual({
      sessionId: '1c47',
      mediaId: 'vod',
      isLive: false,
      report: {
        event: 'ps',
        at: 1795773450319,
        number: 8,
        state: 'p',
        startupMs: 18,
        rendition: { label: '540p', quality: 'MEDIUM', kbps: 748 },
        bufferMs: 2_000,
      },
    });
  });

  it('is read with what is bad in it left out', () => {
    expect(reportOf('sn=-1,sta=zz,msd=600001,br=(0),bl=(-5),ec=("")')).toEqual(AT);
    expect(reportOf('sn="1",sta="p",msd="5",br="700",bl="x",bg="x"')).toMatchObject(AT);
    expect(reportOf('ttfb=1795772769246,mtp=(720800),dl=-3,nor="x"')).toEqual(AT);
  });

  it('says what a rate is taken for', () => {
    expect(reportOf('br=(301.917)').rendition).toEqual({
      label: '302 kbps',
      quality: 'LOW',
      kbps: 302,
    });
    const off = { ...RATES, areBytesEstimated: false };
    expect(readCmcdLine(`e=t,br=(700),${BASE}`, off)).toMatchObject({
      report: { rendition: { label: '540p', quality: 'MEDIUM' } },
    });
  });

  it('says what went wrong, whatever form the player gives it', () => {
    expect(reportOf('ec=27').errorCode).toBe('27');
    expect(reportOf('ec=("a" "b")').errorCode).toBe('a');
    expect(reportOf('ec="x"').errorCode).toBe('x');
    const response = (rc: string): string | undefined =>
      read(`e=rr,rc=${rc},${BASE}`).report.errorCode;
    expect(['200', '0', '404', '1000'].map(response)).toEqual([
      undefined,
      'no response',
      'HTTP 404',
      undefined,
    ]);
  });

  it('names no title where what it names cannot be one', () => {
    expect(read(`e=t,${BASE}`).mediaId).toBeUndefined();
    expect(read(`e=t,cid="${'x'.repeat(201)}",${BASE}`).mediaId).toBeUndefined();
    expect(read(`e=t,cid=" a ",${BASE}`).mediaId).toBe('a');
  });

  it('is not taken with a reason', () => {
    const faults = [
      '"',
      `e=t,${BASE.replace('v=2', 'v=3')}`,
      BASE,
      'e=t,sid="s",v=2',
      'e=t,sid="s",ts=179577344793,v=2',
      'e=t,ts=1795773447933,v=2',
      `e=t,ts=1795773447933,sid="${'x'.repeat(65)}"`,
    ].map((text) => readCmcdLine(text, RATES));
    expect(faults).toEqual([
      ...['unreadable', 'version', 'event', 'time', 'time', 'session', 'session'],
    ]);
  });

  it('is taken as of version 2 if what it says of its version is none', () => {
    for (const version of ['v="abc"', 'v="2"', 'v=0', 'v=-1', 'v']) {
      expect(read(`e=t,${BASE.replace('v=2', version)}`).sessionId).toBe('s');
    }
    expect(readCmcdLine(`e=t,${BASE.replace('v=2', 'v=2.5')}`, RATES)).toBe('version');
  });

  it('is of a live stream, also of one with low latency', () => {
    const live = ['v', 'l', 'll', 'x'].map((type) => read(`e=t,st=${type},${BASE}`).isLive);
    expect(live).toEqual([false, true, true, undefined]);
  });

  it('is read of every player that was captured', () => {
    expect(captured.length).toBeGreaterThan(400);
    for (const line of captured) expect(typeof readCmcdLine(line, RATES)).toBe('object');
  });

  it('is read or not taken with a reason, whatever it is', () => {
    const seed = seedOfRun();
    const random = new SeededRandom(seed);
    const counts = new Map<string, number>();
    for (let i = 0; i < 100_000; i += 1) {
      const text = mutated(pick(captured, random), random);
      const line = readCmcdLine(text, RATES);
      const kind = typeof line === 'string' ? line : 'read';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const known = new Set<string>([...CMCD_REJECTIONS, 'read']);
    expect({ seed, unknown: [...counts.keys()].filter((kind) => !known.has(kind)) }).toEqual({
      seed,
      unknown: [],
    });
    expect(Math.min(...counts.values())).toBeGreaterThan(0);
    expect(counts.size).toBeGreaterThanOrEqual(6);
  });
});

const PARTS = [
  ...['', '"', '\\"', '\\x', '(', ')', ';v', ',', '=', '__proto__', '__proto__=1', 'v=3', 'v=-1'],
  ...['12345678901234567890', '1795773316181.5', 'ts=1', 'sn=-0', 'sid=""', 'cid="\u0000"', '\r'],
  ...['sid="a",sid="b"', 'e=zz', 'sta=?1', '?0', ':AAAA:', '@1', '*', '\u2028', '\ud800', 'é'],
];

const pick = (texts: readonly string[], random: SeededRandom): string =>
  texts[random.whole(0, texts.length - 1)] ?? '';

function mutated(line: string, random: SeededRandom): string {
  let text = line;
  for (let times = random.whole(1, 3); times > 0; times -= 1) {
    const at = random.whole(0, text.length);
    const length = random.chance(0.5) ? 0 : random.whole(0, 20);
    text = text.slice(0, at) + pick(PARTS, random) + text.slice(at + length);
  }
  return text;
}
