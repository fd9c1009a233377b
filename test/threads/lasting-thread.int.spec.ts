import { Worker, type ResourceLimits } from 'node:worker_threads';
import { LastingThread } from '../../src/threads/lasting-thread.js';
import { until } from '../support/polling.js';

interface Death {
  readonly reason: string;
  readonly restartMs: number;
}

/** A thread of a text, and what is told of it. */
class Life {
  readonly messages: unknown[] = [];
  readonly deaths: Death[] = [];
  readonly thread: LastingThread<object, unknown, string>;

  constructor(code: string, resourceLimits: ResourceLimits = {}, blamed = '') {
    this.thread = new LastingThread({
      blame: () => blamed,
      create: () => new Worker(code, { eval: true, resourceLimits }),
      onNews: (message) => this.messages.push(message),
      onDeath: (reason, restartMs) => this.deaths.push({ reason, restartMs }),
    });
  }

  start(): Promise<void> {
    return this.thread.start(() => this.messages.length > 0);
  }
}

const PORT = `const { parentPort: port } = require('node:worker_threads');
  const tell = (news) => port.postMessage({ news });`;
/** Says that it is up, and does as it is told. */
const OBEDIENT = `${PORT}
  tell('up');
  port.on('message', ({ signal: order }) => {
    if (order === 'stop') port.close();
    else if (order === 'throw') throw new Error('on purpose');
    else if (order === 'grow') for (const all = []; ; ) all.push(new Array(1e5).fill('x'));
    else tell(order);
  });`;

test('a thread that dies is told of, and started again', async () => {
  const life = new Life(OBEDIENT);
  await life.start();
  life.thread.running?.signal('throw');
  await until(() => life.messages.length === 2);
  expect(life.deaths).toEqual([{ reason: 'Error: on purpose', restartMs: 1_000 }]);
  life.thread.running?.signal('hello');
  await until(() => life.messages.at(-1) === 'hello');
  // Soon after the last time it takes longer: it may be what it works on.
  life.thread.running?.signal('throw');
  await until(() => life.deaths.length === 2);
  expect(life.deaths[1]?.restartMs).toBe(2_000);
  await life.thread.stop();
});

test('one that wants more memory than it may ends alone', async () => {
  const life = new Life(OBEDIENT, { maxOldGenerationSizeMb: 16 });
  await life.start();
  life.thread.running?.signal('grow');
  await until(() => life.messages.length === 2);
  expect(life.deaths[0]?.reason).toMatch(/memory limit/);
  await life.thread.stop();
  expect(life.thread.running).toBeUndefined();
});

test('one that never comes up is the caller’s to tell', async () => {
  const life = new Life(`throw new Error('no luck')`);
  await expect(life.start()).rejects.toThrow('no luck');
  expect(life.deaths).toEqual([]);
});

test('one that is asked to end is not started again, also while it is dead', async () => {
  const life = new Life(OBEDIENT);
  await life.start();
  life.thread.running?.signal('throw');
  await until(() => life.deaths.length === 1);
  await life.thread.stop();
  expect(life.thread.running).toBeUndefined();
  expect(life.messages).toEqual(['up']);
});

test('one that died of what will be set aside does not wait longer each time', async () => {
  const life = new Life(OBEDIENT, {}, '; of this');
  await life.start();
  for (const times of [1, 2]) {
    life.thread.running?.signal('throw');
    await until(() => life.messages.length === times + 1);
  }
  const death = { reason: 'Error: on purpose; of this', restartMs: 1_000 };
  expect(life.deaths).toEqual([death, death]);
  await life.thread.stop();
});
