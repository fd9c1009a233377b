import { setTimeout as pause } from 'node:timers/promises';
import { StoreWatch } from '../../src/composition/store-watch.js';
import { until } from '../support/polling.js';
import { stopThread } from '../support/stopped-thread.js';

/** Longer than a store may be silent. */
const LONG_MS = 3_000;

const isGoingOn = (): boolean => false;
const untold = (): void => undefined;
const watchOf = (ping: () => Promise<void>, workedAt?: () => number): StoreWatch =>
  new StoreWatch(
    {
      name: 'the store',
      place: 'here',
      meanwhile: 'meanwhile',
      ping,
      ...(workedAt && { workedAt }),
    },
    { info: untold, warn: untold, error: untold },
  );

/** A ping whose answer comes when it is told to. */
function silentPing(): { readonly ping: () => Promise<void>; readonly answer: () => void } {
  let answer = untold;
  const answered = new Promise<void>((resolve) => {
    answer = () => {
      resolve();
    };
  });
  return {
    ping: () => answered,
    answer: () => {
      answer();
    },
  };
}

test('a store that says nothing for long is in trouble, until it answers', async () => {
  const { ping, answer } = silentPing();
  const watch = watchOf(ping);
  const look = watch.look(isGoingOn);
  await until(() => watch.trouble === 'the store does not answer');
  answer();
  await look;
  expect(watch.trouble).toBeUndefined();
});

test('a store that does other work meanwhile is in none', async () => {
  const { ping, answer } = silentPing();
  const watch = watchOf(ping, () => performance.now());
  const look = watch.look(isGoingOn);
  await pause(LONG_MS);
  expect(watch.trouble).toBeUndefined();
  answer();
  await look;
});

test('a process that stood still does not blame the store', async () => {
  const { ping, answer } = silentPing();
  const watch = watchOf(ping);
  const look = watch.look(isGoingOn);
  stopThread(LONG_MS);
  await pause(300);
  expect(watch.trouble).toBeUndefined();
  answer();
  await look;
});
