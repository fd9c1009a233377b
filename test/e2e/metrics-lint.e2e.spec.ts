import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents } from '../support/http.js';
import { lint } from '../support/promlint.js';
import { noteSkipped } from '../support/test-run.js';

const under = withServer();

/** The metrics of a server that was used. */
async function metrics(): Promise<string> {
  const { url } = under.server;
  await sendEvents(url, [{ mediaId: 'm', eventType: 'SESSION_START' }]);
  await sendGraphql(url, { query: '{ popularStreams(first: 1) { totalCount } }' });
  return (await send(`${url}/metrics`)).text;
}

/** What promtool says of metrics; undefined where there is none on this machine. */
async function promtool(text: string): Promise<string | undefined> {
  const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const said = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  try {
    await once(child, 'spawn');
  } catch {
    return undefined;
  }
  return (await said).join('');
}

const isThere = (await promtool('')) !== undefined;
if (!isThere) noteSkipped("/metrics read by Prometheus' own promtool (needs promtool on the PATH)");

test('metrics keep the rules of Prometheus for names, types and helps', async () => {
  const text = await metrics();
  expect(text).toContain('playhead_ingest_events_total');
  expect(text).toContain('nodejs_active_handles{');
  expect(lint(text)).toEqual([]);
});

(isThere ? test : test.skip)('promtool finds no fault in the metrics', async () => {
  expect(await promtool(await metrics())).toBe('');
});

describe('a fault is found', () => {
  const family = (name: string, type: string, labels = '', help = 'Help'): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}${labels} 1\n`;
  const faulty: readonly (readonly [string, string])[] = [
    ['has no help', family('a_total', 'counter', '', '')],
    ['is a counter without _total', family('a', 'counter')],
    ['is no counter, with _total', family('a_total', 'gauge')],
    ['has a suffix of histograms', family('a_count', 'gauge')],
    ['has the label le', family('a', 'gauge', '{le="1"}')],
    ['has the label quantile', family('a', 'gauge', '{x="y",quantile="1"}')],
    ['has its type in its name', family('a_gauge', 'gauge')],
    ['is no known type', family('a', 'figure')],
    ['has a colon in its name', family('a:b', 'gauge')],
    ['is not in lower case with underscores', family('aB', 'gauge')],
    ['abbreviates a unit', family('a_ms', 'gauge')],
    ['is in no base unit', family('a_milliseconds', 'gauge')],
  ];
  test.each(faulty)('where a metric %s', (fault, text) => {
    const name = /TYPE (\S+)/.exec(text)?.[1] ?? '';
    expect(lint(text)).toEqual([`${name} ${fault}`]);
  });
});
