import { hostOf, pageOf } from '../../src/domain/web-addresses.js';

const DOTS = '.'.repeat(1_900);
const TIMES = 1_000;
const CPU_MS_MAX = 500;

test.each([
  ['https://Video.example./a', 'video.example', 'video.example/a'],
  ['https://video.example.../a', 'video.example', 'video.example/a'],
  [`https://a${DOTS}b/`, `a${DOTS}b`.slice(0, 200), `a${DOTS}b`.slice(0, 200)],
  ['https://.../a', undefined, undefined],
])('a host is without the dots at its end: %#', (text, host, page) => {
  expect([hostOf(text), pageOf(text)]).toEqual([host, page]);
});

test('a host of many dots is read at once', () => {
  const before = process.cpuUsage();
  for (let i = 0; i < TIMES; i += 1) hostOf(`https://a${DOTS}b/`);
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(CPU_MS_MAX);
});
