import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEventStore } from '../../../src/adapters/event-store/embedded/embedded-event-store.js';

test('appends and reads back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playhead-'));
  const store = await EmbeddedEventStore.open(join(folder, 'events.db'));
  const event = { id: 'a', type: 'heartbeat', version: 1, recordedAt: 5, data: { a: 1 } };
  const r = await store.append([
    { stream: 's', expectedRevision: -1, events: [event, { ...event, id: 'b' }] },
  ]);
  expect(r).toEqual([{ kind: 'appended', position: 2, revision: 1 }]);
  expect(await store.readStream('s')).toHaveLength(2);
  expect(await store.append([{ stream: 's', expectedRevision: -1, events: [event] }])).toEqual([
    { kind: 'appended', position: 1, revision: 0 },
  ]);
  expect(
    await store.append([{ stream: 's', expectedRevision: -1, events: [{ ...event, id: 'x' }] }]),
  ).toEqual([{ kind: 'conflict' }]);
  await store.close();
  rmSync(folder, { recursive: true });
});
