import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { LOG_START } from '../../../ports/event-store.js';

const OWNER_ONLY = 0o600;
/** As many digits as the largest position has. */
const DIGITS = 16;

/** The file beside a log that holds the highest position of it that was acknowledged. */
export const keptPositionPath = (logPath: string): string =>
  logPath.replace(/(\.db)?$/, '.position');

/**
 * Keeps the highest acknowledged position beside the log, so that a log which was cut off is known
 * by it. It is written after the commit and not synced: never ahead of the log, perhaps behind.
 */
export class KeptPosition {
  private readonly file: number;

  constructor(logPath: string) {
    const { O_CREAT, O_RDWR } = constants;
    this.file = openSync(keptPositionPath(logPath), O_CREAT | O_RDWR, OWNER_ONLY);
  }

  /** A write that fails leaves it behind, as one that a crash takes away does. */
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

/** Says once where a log ends, so that it may begin to be used. */
export function keepPosition(logPath: string, position: number): void {
  const kept = new KeptPosition(logPath);
  kept.write(position);
  kept.close();
}

const textOf = (position: number): string => {
  const digits = String(position).padStart(DIGITS, '0');
  return `${digits} ${crc32(digits).toString(16).padStart(8, '0')}\n`;
};

/** What is kept beside a log; LOG_START if nothing is, or nothing that can be read. */
export function readKeptPosition(logPath: string): number {
  let text: string;
  try {
    text = readFileSync(keptPositionPath(logPath), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return LOG_START;
    throw error;
  }
  const position = Number(text.slice(0, DIGITS));
  return textOf(position) === text ? position : LOG_START;
}
