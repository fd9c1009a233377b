import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a server before anything else, and into each of its threads: one that folds an event
 * of the media `deadly` ends at once, as if it had run out of memory.
 */
if (!isMainThread) {
  const { get } = Map.prototype;
  Map.prototype.get = function (key) {
    if (typeof key === 'string' && key.includes('deadly')) process.exit(1);
    return get.call(this, key);
  };
}
