import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { UnknownLabels } from '../../src/api/unknown-labels.js';
import { MINUTE_MS } from '../../src/domain/time.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';

const telemetry = new Telemetry();
const counted = async (): Promise<number> => {
  const text = await telemetry.registry.metrics();
  return Number(/^playhead_ingest_unknown_labels_total (\d+)$/m.exec(text)?.[1]);
};

let labels: UnknownLabels;
let lines: string[];

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void lines.push(String(line)));
  labels = new UnknownLabels(telemetry);
  labels.onApplicationBootstrap();
});

afterEach(() => {
  labels.onApplicationShutdown();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const note = (label: string, times: number): void => {
  for (let i = 0; i < times; i += 1) labels.note(label);
};

test('unknown labels are counted, and told once a minute, the most frequent first', async () => {
  const before = await counted();
  note('Premium', 2);
  note('say "cheese"', 3);
  expect(await counted()).toBe(before + 5);
  jest.advanceTimersByTime(MINUTE_MS - 1);
  expect(lines).toEqual([]);
  jest.advanceTimersByTime(1);
  const told = '5 events have a quality label that names no quality, most often: ';
  expect(lines).toEqual([`${told}"say \\"cheese\\"" 3, "Premium" 2`]);
});

test('what was told is not told again, and nothing is said of nothing', () => {
  note('Premium', 1);
  jest.advanceTimersByTime(10 * MINUTE_MS);
  expect(lines).toHaveLength(1);
});

test('what a minute has not told is told at the end', () => {
  note('Premium', 1);
  labels.onApplicationShutdown();
  expect(lines).toHaveLength(1);
});

test('of any number of labels a line names ten, and those that came first are remembered', () => {
  note('Premium', 7);
  for (let i = 0; i < 5_000; i += 1) note(`label ${String(i)}`, 1);
  note('Premium', 1);
  labels.tell();
  expect(lines[0]).toContain('5008 events');
  expect(lines[0]).toContain('most often: "Premium" 8, "label 0" 1');
  expect(lines[0]?.match(/"label/g)).toHaveLength(9);
});
