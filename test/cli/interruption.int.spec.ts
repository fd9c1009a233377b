import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { backUpFolder } from '../../src/cli/backup-folder.js';
import { Interrupted, interruptionOf } from '../../src/cli/interruption.js';
import { runProgram } from '../../src/cli/program.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { append, eventsOf } from '../contracts/event-store.js';
import { until } from '../support/polling.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** More than is copied at once. */
const STREAMS = 30;
const EVENTS_PER_STREAM = 1_000;

const root = temporaryFolder();
beforeAll(async () => {
  const store = await EmbeddedEventStore.open(join(root, 'events.db'));
  const events = eventsOf('e', EVENTS_PER_STREAM);
  const appends = Array.from({ length: STREAMS }, (_, i) =>
    append(`s-${String(i)}`, NO_STREAM, events),
  );
  for (const { kind } of await store.append(appends)) expect(kind).toBe('appended');
  await store.close();
});
afterAll(() => {
  removeFolder(root);
});

/** A process as far as its signals go. */
function processOf(): { readonly program: NodeJS.Process; readonly exits: number[] } {
  const exits: number[] = [];
  const exit = (status: number): void => {
    exits.push(status);
  };
  const program = Object.assign(new EventEmitter(), { exit }) as unknown as NodeJS.Process;
  return { program, exits };
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('asks the command to end', () => {
    const { program, exits } = processOf();
    const interruption = interruptionOf(program);
    expect(interruption.aborted).toBe(false);
    program.emit(signal, signal);
    expect(interruption.reason).toBeInstanceOf(Interrupted);
    program.emit(signal, signal);
    expect(exits).toEqual([]);
  });

  it('ends it at once when it comes again later', async () => {
    const { program, exits } = processOf();
    interruptionOf(program);
    await until(() => {
      program.emit(signal, signal);
      return exits.length > 0;
    });
    expect(exits).toEqual([1]);
  });
});

describe('an interrupted backup', () => {
  it('ends between two parts of the log and leaves nothing behind', async () => {
    const stop = new AbortController();
    const folder = join(root, 'backup');
    const seen: number[] = [];
    const backup = backUpFolder({
      dataDir: root,
      folder,
      signal: stop.signal,
      onProgress: (done, total) => {
        expect(total).toBe(STREAMS * EVENTS_PER_STREAM);
        seen.push(done);
        stop.abort(new Interrupted());
      },
    });
    await expect(backup).rejects.toBeInstanceOf(Interrupted);
    expect(seen).toHaveLength(1);
    expect(existsSync(folder)).toBe(false);
  });

  it('says so in a line and fails', async () => {
    const stderr = new PassThrough();
    const status = await runProgram(['backup', join(root, 'other')], {
      stdout: new PassThrough(),
      stderr,
      environment: { DATA_DIR: root },
      interruption: AbortSignal.abort(new Interrupted()),
    });
    expect(status).toBe(1);
    expect(String(stderr.read())).toBe('playhead: interrupted\n');
    expect(existsSync(join(root, 'other'))).toBe(false);
  });
});
