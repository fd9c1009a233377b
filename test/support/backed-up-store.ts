import type { EventStore } from '../../src/ports/event-store.js';
import { LogPast } from '../../src/ports/log-past.js';
import { MemoryEventStore } from './memory/memory-event-store.js';

/** A store that can be put back to what it held at a time. */
export class BackedUpStore extends MemoryEventStore implements EventStore {
  readonly past = new LogPast(this);

  async putBackTo(events: number): Promise<void> {
    const older = new MemoryEventStore();
    for (const event of (await this.readAll(0, events)).events) {
      const { stream, revision } = event;
      await older.append([{ stream, expectedRevision: revision - 1, events: [event] }]);
    }
    Object.assign(this, older, { listeners: this.listeners });
  }
}
