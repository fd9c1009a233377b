import { Socket } from 'node:net';
import Database from 'libsql';
import { liveAt, type LifePlace } from './life-stores.js';
import type { Around } from './interception.js';

/**
 * A life in a process of its own, which kills itself at one of its steps: before or after a call of
 * a store, before a statement that changes a file, before a message to a server. Printed are the
 * names of all steps, by one that lives to its end.
 */
const { place, killAt } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly place: LifePlace;
  /** 0: not at all. */
  readonly killAt: number;
};

const steps: string[] = [];
/** The call that was last begun. */
let current = 'opening';

function step(name: string): void {
  steps.push(name);
  if (steps.length === killAt) process.kill(process.pid, 'SIGKILL');
}

const around: Around = async (name, call) => {
  current = name;
  step(`before ${name}`);
  const result = await call();
  step(`after ${name}`);
  return result;
};

/** Has a step before each call of a method. */
function watch(prototype: object, method: string, isStep: (self: unknown) => boolean): void {
  const original = Reflect.get(prototype, method) as (...words: unknown[]) => unknown;
  Reflect.set(prototype, method, function (this: unknown, ...words: unknown[]): unknown {
    if (isStep(this)) step(`within ${current}`);
    return original.apply(this, words);
  });
}

const always = (): boolean => true;
const connection = new Database(':memory:');
watch(Object.getPrototypeOf(connection.prepare('SELECT 1')) as object, 'run', always);
watch(Database.prototype as object, 'exec', always);
connection.close();
watch(Socket.prototype, 'write', (socket) => (socket as Socket).remotePort !== undefined);

await liveAt(place, around);
process.stdout.write(JSON.stringify(steps), () => process.exit(0));
