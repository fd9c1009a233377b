import { Seldom } from '../../src/telemetry/seldom.js';

const clock = { ms: 5 };
const seldom = new Seldom(60_000, () => clock.ms);

test('a reason is told once in a while, whatever its numbers are', () => {
  expect(seldom.may('connection 17 to 127.0.0.1:27017 closed')).toBe(true);
  expect(seldom.may('connection 18 to 127.0.0.1:27017 closed')).toBe(false);
  expect(seldom.may('connection 18 to 127.0.0.1:27017 refused')).toBe(true);
  clock.ms += 59_999;
  expect(seldom.may('connection 19 to 127.0.0.1:27017 closed')).toBe(false);
  clock.ms += 1;
  expect(seldom.may('connection 19 to 127.0.0.1:27017 closed')).toBe(true);
});

test('there is a bound to how many reasons are remembered', () => {
  const names = Array.from({ length: 2_000 }, (_, i) => 'x'.repeat(i + 1));
  expect(names.every((name) => seldom.may(name))).toBe(true);
  // Those that were forgotten may be told early: that costs lines, and no memory.
  expect(seldom.may('x'.repeat(2_000))).toBe(false);
});
