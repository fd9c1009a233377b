import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedEventStore } from '../src/adapters/event-store/embedded/embedded-event-store.js';
import type { StreamAppend } from '../src/ports/event-store.js';
import { audience } from './audience.js';
import { rateOf, type Comparison } from './measure.js';
import { inTemporaryFolder } from './temporary-folder.js';

const EVENTS = 20_000;
const EVENTS_PER_COMMIT = 100;
const SEED = 1;

/**
 * Compares durable appends to the embedded log with a raw file append + fdatasync of the same
 * bytes. One commit's worth waits while the one before is written, as under load: each is still a
 * commit of its own.
 */
export function embeddedAppend(): Comparison {
  const commits = chunks(audience(EVENTS, SEED), EVENTS_PER_COMMIT);
  const bytes = commits.map((commit) =>
    Buffer.from(commit.map((one) => JSON.stringify(one)).join('\n')),
  );
  return {
    title: `Embedded appends, ${String(EVENTS_PER_COMMIT)} a commit`,
    unit: 'events/s',
    aim: 0.25,
    subject: {
      name: 'embedded log',
      run: () => inTemporaryFolder((folder) => appendToStore(folder, commits)),
    },
    peer: {
      name: 'raw file, append + fdatasync',
      run: () => inTemporaryFolder((folder) => appendToFile(folder, bytes)),
    },
  };
}

async function appendToStore(
  folder: string,
  commits: readonly (readonly StreamAppend[])[],
): Promise<number> {
  const store = await EmbeddedEventStore.open(join(folder, 'events.db'));
  const rate = await rateOf(EVENTS, async () => {
    let before: Promise<unknown> = Promise.resolve();
    for (const commit of commits) {
      const appended = store.append(commit);
      await before;
      before = appended;
    }
    await before;
  });
  await store.close();
  return rate;
}

async function appendToFile(folder: string, commits: readonly Buffer[]): Promise<number> {
  const file = openSync(join(folder, 'raw'), 'w');
  const rate = await rateOf(EVENTS, () => {
    for (const commit of commits) {
      writeSync(file, commit);
      fdatasyncSync(file);
    }
  });
  closeSync(file);
  return rate;
}

function chunks<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / length);
  return Array.from({ length: count }, (_, i) => items.slice(i * length, (i + 1) * length));
}
