import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { LOG_START } from '../../../ports/event-store.js';
import { readRegularFile } from '../../../regular-file.js';

/**
 * Keeps the highest acknowledged position beside the log, which tells a log that was cut off. It is
 * written after the commit and not synced: never ahead of the log, perhaps behind.
 */
export class KeptPosition {
  private readonly file: number;

  constructor(logPath: string) {
    const { O_CREAT, O_RDWR } = constants;
    this.file = openSync(keptPositionPath(logPath), O_CREAT | O_RDWR, OWNER_ONLY);
  }

  /** Writes the position. A failed write leaves the file behind, as a crash may. */
  write(position: number): void {
    try {
      writeSync(this.file, textOf(position), 0);
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

const OWNER_ONLY = 0o600;
/** The number of digits of the largest position. */
const DIGITS = 16;

/** Returns the path of the file beside a log that holds its highest acknowledged position. */
export const keptPositionPath = (logPath: string): string =>
  logPath.replace(/(\.db)?$/, '.position');

/** Writes the end of a log once, so that it may begin to be used. */
export function keepPosition(logPath: string, position: number): void {
  const kept = new KeptPosition(logPath);
  kept.write(position);
  kept.close();
}

const textOf = (position: number): string => {
  const digits = String(position).padStart(DIGITS, '0');
  return `${digits} ${crc32(digits).toString(16).padStart(8, '0')}\n`;
};

/** Reads the position kept beside a log; LOG_START if there is none that can be read. */
export function readKeptPosition(logPath: string): number {
  let text: string;
  try {
    text = readRegularFile(keptPositionPath(logPath));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return LOG_START;
    throw error;
  }
  const position = Number(text.slice(0, DIGITS));
  return textOf(position) === text ? position : LOG_START;
}
