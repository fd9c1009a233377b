import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHUNK_FORMAT } from '../../../src/adapters/event-store/eventstoredb/event-chunk.js';
import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import type {
  ReadingReply,
  ReadingRequest,
} from '../../../src/adapters/event-store/eventstoredb/reading.process.js';
import { LOG_START, NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf, namesOf } from '../../contracts/event-store.js';
import { EventStoreDbDouble } from '../../support/eventstoredb/eventstoredb-double.js';
import { describeWithDouble } from '../../support/eventstoredb/server-under-test.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const PROGRAM = fileURLToPath(
  new URL('../../../src/adapters/event-store/eventstoredb/reading.process.js', import.meta.url),
);

describeWithDouble('the process that reads', () => {
  let double: EventStoreDbDouble;
  let child: ChildProcess;
  const ask = async (request: ReadingRequest): Promise<ReadingReply> => {
    const answered = once(child, 'message');
    child.send(request);
    const [reply] = (await answered) as [ReadingReply];
    return reply;
  };
  const open = (format = CHUNK_FORMAT): Promise<ReadingReply> => {
    const target = { url: double.url.replace('esdb', 'kurrentdb') };
    return ask({ kind: 'open', format, target, prefix: 'p-' });
  };

  beforeEach(async () => {
    double = await EventStoreDbDouble.start();
    child = fork(PROGRAM, { serialization: 'advanced' });
  });
  afterEach(() => {
    child.kill('SIGKILL');
    double.down();
  });

  test('ends when whoever started it is gone', async () => {
    expect(await open()).toEqual({ kind: 'opened' });
    const ended = once(child, 'exit');
    child.disconnect();
    expect(await ended).toEqual([0, null]);
  });

  test('leaves signals to whoever started it', async () => {
    expect(await open()).toEqual({ kind: 'opened' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal);
    const order = { after: LOG_START, limit: 10, isFiltered: true };
    expect(await ask({ kind: 'page', ...order })).toEqual({ kind: 'looking' });
  });

  test('of another build is not used', async () => {
    expect(await open(CHUNK_FORMAT + 1)).toMatchObject({ kind: 'failure' });
  });
});

describeWithDouble('where the successor of the client was not installed', () => {
  const folder = temporaryFolder();
  afterAll(() => {
    removeFolder(folder);
  });

  test('the client reads, and that is told once', async () => {
    const hook = join(folder, 'without-bridge.cjs');
    writeFileSync(
      hook,
      `const { Module } = require('node:module');
      const find = Module._resolveFilename;
      Module._resolveFilename = (name, ...rest) => {
        if (name.startsWith('@kurrent/bridge-')) throw new Error('no binary for this machine');
        return find(name, ...rest);
      };`,
    );
    const { NODE_OPTIONS } = process.env;
    process.env.NODE_OPTIONS = `--require ${hook}`;
    const double = await EventStoreDbDouble.start();
    const slow: string[] = [];
    const bulk = { onSlow: (reason: string) => slow.push(reason), restMsMin: 0 };
    const store = await EventStoreDbEventStore.open({ url: double.url, prefix: 'p-', bulk });
    await store.append([append('p-s', NO_STREAM, eventsOf('a', 2))]);
    for (let i = 0; i < 2; i += 1) {
      expect(namesOf((await store.readAll(LOG_START, 100)).events)).toEqual(['a-0', 'a-1']);
    }
    expect(slow).toEqual([expect.stringMatching(/no binary for this machine/)]);
    await store.close();
    double.down();
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
  });
});
