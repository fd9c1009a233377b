import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * How many transactions a write-ahead log holds (https://www.sqlite.org/fileformat2.html#walformat):
 * the last frame of each one states the size of the database after it, the others state 0.
 */
export function transactionsInWal(path: string): number {
  const wal = readFileSync(`${path}-wal`);
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const saltsOfWal = wal.subarray(16, 24);
  let transactions = 0;
  for (let at = WAL_HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    const saltsOfFrame = wal.subarray(at + 8, at + 16);
    if (!saltsOfFrame.equals(saltsOfWal)) break;
    if (wal.readUInt32BE(at + 4) !== 0) transactions += 1;
  }
  return transactions;
}

/**
 * Where the number of frames that a checkpoint has set out to copy stands in the `-shm` file
 * (`nBackfillAttempted`): a kill may come while it copies them.
 */
const COPIED_FRAMES_OFFSET = 128;

/**
 * The bytes of a write-ahead log that a checkpoint has begun to copy into the database. They were
 * flushed before that, so that no crash takes them away: to tear them off would forge another
 * fault.
 */
export function checkpointedBytesInWal(path: string): number {
  const wal = readFileSync(`${path}-wal`);
  if (wal.length < WAL_HEADER_BYTES || !existsSync(`${path}-shm`)) return 0;
  const index = readFileSync(`${path}-shm`);
  const copied =
    endianness() === 'LE'
      ? index.readUInt32LE(COPIED_FRAMES_OFFSET)
      : index.readUInt32BE(COPIED_FRAMES_OFFSET);
  return copied === 0 ? 0 : WAL_HEADER_BYTES + copied * (FRAME_HEADER_BYTES + wal.readUInt32BE(8));
}

/** Makes a file look as if a newer release had written it. */
export function raiseSchemaVersion(path: string): void {
  const connection = new Database(path);
  connection.exec('PRAGMA user_version = 999');
  connection.close();
}

/** Changes every generation of a projection past the server. */
export function changeReadModel(
  { dataDir, projection }: { readonly dataDir: string; readonly projection: string },
  sql: string,
  ...parameters: readonly (string | number)[]
): void {
  const folder = join(dataDir, 'read-models');
  const isFile = (name: string): boolean =>
    name.startsWith(`${projection}.`) && name.endsWith('.db');
  const files = readdirSync(folder).filter(isFile);
  for (const file of files) {
    const connection = new Database(join(folder, file), { timeout: 5_000 });
    try {
      connection.prepare(sql).run(...parameters);
    } finally {
      connection.close();
    }
  }
}
