import type { Abortable, AggregateOptions, ClientSession } from 'mongodb';

/** How all that belongs to one answer is read: from one snapshot, until nobody waits for it. */
export type SnapshotReading = Pick<AggregateOptions, 'session' | 'readConcern'> & Abortable;

export const snapshotReading = (
  session: ClientSession,
  signal: AbortSignal | undefined,
): SnapshotReading => ({
  session,
  readConcern: { level: 'snapshot' },
  ...(signal !== undefined && { signal }),
});
