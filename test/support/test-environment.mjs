import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

const used = new Set();
for (const name of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[name];
  AsyncLocalStorage.prototype[name] = function (...parameters) {
    used.add(this);
    return original.apply(this, parameters);
  };
}

/**
 * A suite's surroundings, of which nothing is left behind in the process. Before Node 24 each
 * `AsyncLocalStorage` that was ever used takes time of every promise until it is disabled, and each
 * suite loads modules that have one: after fifty suites in a process, promises took ten times as
 * long.
 */
export default class TestEnvironment extends NodeEnvironment {
  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
}
