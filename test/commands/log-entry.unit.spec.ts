import { withEntry } from '../../src/commands/log-entry.js';
import type { SessionLogEntry } from '../../src/ports/session-log.js';

const entry = (type: string): SessionLogEntry => ({
  ...{ occurredAt: 0, recordedAt: 0, type, quality: 'HIGH' },
});

test('a withdrawal takes out all that came before it but bytes, and what nobody can read', () => {
  const entries: SessionLogEntry[] = [];
  const before = ['DELIVERED', 'SESSION_START', 'UNREADABLE', 'HEARTBEAT', 'SESSION_END'];
  for (const type of [...before, 'VIEW_WITHDRAWN', 'SESSION_START']) {
    withEntry(entries, entry(type));
  }
  expect(entries.filter(({ isWithdrawn }) => isWithdrawn !== true).map(({ type }) => type)).toEqual(
    ['DELIVERED', 'UNREADABLE', 'VIEW_WITHDRAWN', 'SESSION_START'],
  );
});
