import { fieldLineReader, isHeading } from './field-log.js';
import { readFastlyLine, readJsonLine } from './json-log.js';
import type { LineReader } from './logged-request.js';
import { readNginxLine } from './nginx-log.js';

/** A format of logs. */
interface LogFormat {
  /** Makes what reads the lines of one file. */
  readonly reader: () => LineReader;
  /** Says whether a line is one without which those behind it cannot be read. */
  readonly isHeading: (line: string) => boolean;
  /**
   * Says whether a line itself shows that it is complete. Otherwise a line at the end of a growing
   * file would count twice.
   */
  readonly isWholeByItself: boolean;
}

const NO_HEADING = (): boolean => false;
const JSON_LOG = { isHeading: NO_HEADING, isWholeByItself: true };
const FIELD_LOG: LogFormat = { reader: fieldLineReader, isHeading, isWholeByItself: false };

export const LOG_FORMATS = {
  nginx: { reader: () => readNginxLine, isHeading: NO_HEADING, isWholeByItself: false },
  cloudfront: FIELD_LOG,
  'fastly-ndjson': { reader: () => readFastlyLine, ...JSON_LOG },
  w3c: FIELD_LOG,
  ndjson: { reader: () => readJsonLine, ...JSON_LOG },
} as const satisfies Readonly<Record<string, LogFormat>>;
export type LogFormatName = keyof typeof LOG_FORMATS;
export const LOG_FORMAT_NAMES = Object.keys(LOG_FORMATS) as readonly LogFormatName[];
