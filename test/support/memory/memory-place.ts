import type { ModelPlace } from '../life-model.js';
import { SettableClock } from '../settable-clock.js';
import { MemoryGenerations } from './memory-generations.js';
import { MemoryReadModelStore } from './memory-read-model-store.js';

/** A new place in memory for one life of the model. */
export function memoryPlace(Kind = MemoryGenerations): ModelPlace {
  const clock = new SettableClock(0);
  const generations = new Kind(clock);
  return {
    writer: () => Promise.resolve(new MemoryReadModelStore({ clock }, generations)),
    passTime: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
    save: () => {
      const putBack = generations.save();
      return Promise.resolve(() => {
        putBack();
        return Promise.resolve();
      });
    },
  };
}
