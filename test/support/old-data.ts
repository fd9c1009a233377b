import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Database from 'libsql';
import type { SentReport } from './figures-oracle/reports.js';

/** What release 0.1.0 wrote, packed file by file, and the reports that it was sent. */
const FIXTURE = fileURLToPath(new URL('../fixtures/data-0.1.0', import.meta.url));

/** The reports that the log of 0.1.0 was made of, in the order in which they were sent. */
export const oldReports: readonly SentReport[] = readFileSync(
  join(FIXTURE, 'reports.ndjson'),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as SentReport)
  .map((report) => ({ ...report, recordedAt: report.occurredAt }));

/** Unpacks the data folder that 0.1.0 left: its log, its read models and its viewer secret. */
export function unpackOldData(dataDir: string): void {
  for (const entry of readdirSync(FIXTURE, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.gz')) continue;
    const packed = join(entry.parentPath, entry.name);
    const path = join(dataDir, relative(FIXTURE, packed).replace(/\.gz$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, gunzipSync(readFileSync(packed)), { mode: 0o600 });
  }
}

/** Adds to the log, as 0.1.0 did, views of a title of ten watched seconds each. */
export function addOldViews(dataDir: string, mediaId: string, views: number, at: number): void {
  const connection = new Database(join(dataDir, 'events.db'));
  const [position, stream] = connection
    .prepare('SELECT (SELECT max(position) FROM events), (SELECT max(id) FROM streams)')
    .raw()
    .get() as [number, number];
  const addEvent = connection.prepare('INSERT INTO events VALUES (?, ?, ?)');
  const addStream = connection.prepare('INSERT INTO streams VALUES (?, ?, 1, ?)');
  connection.exec('BEGIN');
  for (let i = 1; i <= views; i += 1) {
    const [start, beat, id] = [position + 2 * i - 1, position + 2 * i, stream + i];
    const facts = { mediaId, sessionId: `bulk-${String(i)}`, quality: 'HIGH', open: true };
    const started = { ...facts, eventId: '1', occurredAt: at };
    const watched = { ...facts, eventId: '2', occurredAt: at + 10_000, durationMs: 10_000 };
    const first = [0, 0, at, randomUUID(), 'session_start', 1, started];
    const second = [1, start, at, randomUUID(), 'heartbeat', 1, watched];
    addEvent.run(start, id, JSON.stringify(first));
    addEvent.run(beat, id, JSON.stringify(second));
    addStream.run(id, `playhead-playback-${randomUUID()}`, beat);
  }
  connection.exec('COMMIT');
  connection.close();
}
