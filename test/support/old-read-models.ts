import { join } from 'node:path';
import Database from 'libsql';

/** The statements by which 0.2.0 made the file that says what each generation is for. */
const OLD_CONTROL = `
  CREATE TABLE generations(
    projection TEXT, version INT NOT NULL, number INT, role TEXT NOT NULL,
    since INT NOT NULL, scanned INT NOT NULL, PRIMARY KEY (projection, number)
  );
  CREATE UNIQUE INDEX one_serves ON generations(projection) WHERE role = 'serving';
  CREATE TABLE numbers(projection TEXT PRIMARY KEY, last INT NOT NULL);
  CREATE TABLE outcomes(projection TEXT PRIMARY KEY, body TEXT NOT NULL);
  PRAGMA user_version = 2`;

/** The same for a generation with two indexes. */
const OLD_GENERATION = `
  CREATE TABLE documents(
    key TEXT PRIMARY KEY, body TEXT NOT NULL, "by_rank" REAL, "by_retiresAt" REAL
  ) WITHOUT ROWID;
  CREATE INDEX "rank" ON documents("by_rank", key) WHERE "by_rank" IS NOT NULL;
  CREATE INDEX "retiresAt" ON documents("by_retiresAt", key) WHERE "by_retiresAt" IS NOT NULL;
  CREATE TABLE state(store_id TEXT NOT NULL, checkpoint INT NOT NULL, totals TEXT NOT NULL,
    retry INT NOT NULL);
  CREATE TABLE parked(position INT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (position, key));
  PRAGMA user_version = 2`;

export const OLD_ROLES = ['serving', 'filling', 'offered', 'previous'] as const;

interface OldGeneration {
  readonly role: (typeof OLD_ROLES)[number];
  /** The key of its one document, which has a rank of 1. */
  readonly key: string;
  /** Up to when documents were removed, if that was ever done. */
  readonly retired?: number;
}

/** Writes read models of `popularity`, version 1, as 0.2.0 did; numbered from 1 on. */
export function writeOldReadModels(
  folder: string,
  generations: readonly OldGeneration[],
  outcome = '{"kind":"switched","at":7,"detail":"the same"}',
): void {
  const control = new Database(join(folder, 'control.db'));
  control.pragma('journal_mode = WAL');
  control.exec(OLD_CONTROL);
  for (const [i, { role, key, retired }] of generations.entries()) {
    const number = i + 1;
    const row = control.prepare("INSERT INTO generations VALUES ('popularity', 1, ?, ?, ?, 9)");
    row.run(number, role, role === 'serving' ? 0 : number);
    const file = new Database(join(folder, `popularity.v1.g${String(number)}.db`));
    file.pragma('journal_mode = WAL');
    file.exec(OLD_GENERATION);
    file.exec(`INSERT INTO state VALUES ('log-1', 5, '{"folds":5}', 1)`);
    file.prepare('INSERT INTO documents VALUES (?, ?, 1, NULL)').run(key, `{"of":"${key}"}`);
    const parked = { position: 4, key: 'x', reason: 'no', parkedAt: 6 };
    file.prepare('INSERT INTO parked VALUES (4, ?, ?)').run('x', JSON.stringify(parked));
    if (retired !== undefined) {
      file.exec('CREATE TABLE retired(before REAL NOT NULL)');
      file.prepare('INSERT INTO retired VALUES (?)').run(retired);
    }
    file.close();
  }
  control.prepare("INSERT INTO numbers VALUES ('popularity', ?)").run(generations.length);
  control.prepare("INSERT INTO outcomes VALUES ('popularity', ?)").run(outcome);
  control.close();
}
