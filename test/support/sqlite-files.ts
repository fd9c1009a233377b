import { readFileSync } from 'node:fs';
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

/** Makes a file look as if a newer release had written it. */
export function raiseSchemaVersion(path: string): void {
  const connection = new Database(path);
  connection.exec('PRAGMA user_version = 999');
  connection.close();
}
