import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FOLDER = 'dist/dashboard';

/** The gzip size of the files that a name matches, in kB of 1,000 bytes. */
const kilobytes = (pattern: RegExp): readonly number[] =>
  readdirSync(FOLDER)
    .filter((name) => pattern.test(name))
    .map((name) => gzipSync(readFileSync(`${FOLDER}/${name}`), { level: 9 }).length / 1_000);

describe('the first load of the dashboard', () => {
  it('is one script of at most 60 kB and one style sheet of at most 6 kB, packed', () => {
    const [scripts, styles] = [/^dashboard-.*\.js$/, /^dashboard-.*\.css$/].map(kilobytes);
    expect([scripts?.length, styles?.length]).toEqual([1, 1]);
    expect(scripts?.[0]).toBeLessThanOrEqual(60);
    expect(styles?.[0]).toBeLessThanOrEqual(6);
  });

  it('names both on its page, and nothing else', () => {
    const page = readFileSync(`${FOLDER}/dashboard.html`, 'utf8');
    const named = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    const files = readdirSync(FOLDER).filter((name) => /^dashboard-.*\.(js|css)$/.test(name));
    expect(named.toSorted()).toEqual(
      ['data:,', ...files.map((name) => `/dashboard/${name}`)].toSorted(),
    );
  });
});
