import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { checkMedia, type MediaFields } from '../api/media-fields.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { quote } from '../domain/text.js';
import type { BadLine } from './bad-lines.js';
import { WrongUsage } from './failure.js';
import { formatBytes, formatCount } from './format.js';
import { statFile } from './input-file.js';

/** The file is held in memory: a hundred thousand titles with their thumbnails take half of it. */
const FILE_BYTES_MAX = 64 * 2 ** 20;
const ROWS_MAX = 100_000;
/** The members of a row, and the columns of CSV. */
const MEMBERS = ['mediaId', 'title', 'thumbnail', 'duration'] as const;
/** What spreadsheets put between cells. */
const DELIMITERS = [',', ';', '\t'];

/** A title of a file, ready to be registered. */
export interface MediaRow {
  readonly line: number;
  readonly fields: MediaFields;
}

/** What a file of titles holds. */
export interface MediaFile {
  readonly rows: readonly MediaRow[];
  readonly bad: readonly BadLine[];
}

/** A row as it stands: its values by name, or why there are none. */
type RawRow =
  | { readonly line: number; readonly values: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly fault: PlayheadError };

/**
 * Reads titles: a JSON object a line, or CSV with a header row. Every row is checked as the server
 * will; WrongUsage for a file that is neither.
 */
export async function readMediaFile(file: string): Promise<MediaFile> {
  const text = await textOf(file);
  const raw = text.trimStart().startsWith('{') ? jsonRows(text) : csvRows(text, file);
  if (raw.length > ROWS_MAX) {
    throw new WrongUsage(`${file} holds more than ${formatCount(ROWS_MAX)} titles: split it`);
  }
  const rows: MediaRow[] = [];
  const bad: BadLine[] = [];
  const lines = new Map<string, number>();
  for (const one of raw) {
    const { line } = one;
    try {
      if ('fault' in one) throw one.fault;
      const fields = fieldsOf(one.values);
      const { mediaId } = checkMedia(fields);
      const earlier = lines.get(mediaId);
      if (earlier !== undefined) throw badInput('mediaId', `is that of line ${String(earlier)}`);
      lines.set(mediaId, line);
      rows.push({ line, fields });
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      bad.push({ line, code: error.code, message: error.message });
    }
  }
  return { rows, bad };
}

async function textOf(file: string): Promise<string> {
  const { size } = await statFile(file);
  if (size > FILE_BYTES_MAX) {
    throw new WrongUsage(`${file} is larger than ${formatBytes(FILE_BYTES_MAX)}: split it`);
  }
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new WrongUsage(`${file} must be UTF-8: save it as that`);
  }
}

function jsonRows(text: string): readonly RawRow[] {
  return text.split('\n').flatMap((json, at): RawRow[] => {
    if (json.trim() === '') return [];
    const line = at + 1;
    const value = jsonOf(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [{ line, values: value as Readonly<Record<string, unknown>> }]
      : [{ line, fault: badInput('line', 'must be a JSON object') }];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // as for any text that is no object
  }
}

/** A line of CSV with the cells in it. */
interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function csvRows(text: string, file: string): readonly RawRow[] {
  const [header = ''] = text.split('\n', 1);
  const delimiter = DELIMITERS.find((one) => header.includes(one)) ?? ',';
  const shape = { delimiter, info: true, relax_column_count: true, trim: true } as const;
  let all: readonly CsvRow[];
  try {
    all = parse(text, { ...shape, skip_empty_lines: true }) as unknown as readonly CsvRow[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new WrongUsage(`${file} is no CSV: ${error.message}`);
  }
  const [head, ...rows] = all;
  const names = head?.record ?? [];
  const unknown = names.find((name) => !(MEMBERS as readonly string[]).includes(name));
  if (unknown !== undefined || !names.includes('mediaId') || !names.includes('title')) {
    const what = unknown === undefined ? '' : `, not ${quote(unknown)}`;
    const rule = `must begin with a row of the columns ${MEMBERS.join(', ')}${what}`;
    throw new WrongUsage(`${file} ${rule}; thumbnail and duration may be left out`);
  }
  return rows.map(({ record, info: { lines: line } }) => {
    if (record.length > names.length) {
      return { line, fault: badInput('line', 'has more cells than the header; quote its commas') };
    }
    const cells = names.map((name, at) => [name, record[at] ?? ''] as const);
    const given = cells.filter(([, cell]) => cell !== '');
    const values: Record<string, unknown> = Object.fromEntries(given);
    if (values.duration !== undefined) values.duration = Number(values.duration);
    return { line, values };
  });
}

/** The values of a row with their types, or BAD_USER_INPUT. */
function fieldsOf(values: Readonly<Record<string, unknown>>): MediaFields {
  const unknown = Object.keys(values).find(
    (name) => !(MEMBERS as readonly string[]).includes(name),
  );
  if (unknown !== undefined) {
    throw badInput(quote(unknown), `is no member of a title; known are ${MEMBERS.join(', ')}`);
  }
  const { duration = null } = values;
  if (duration !== null && !Number.isFinite(duration)) {
    throw badInput('duration', 'must be a number of seconds');
  }
  return {
    mediaId: requiredIn(values, 'mediaId'),
    title: requiredIn(values, 'title'),
    thumbnail: textIn(values, 'thumbnail'),
    duration: duration as number | null,
  };
}

function requiredIn(values: Readonly<Record<string, unknown>>, name: string): string {
  const text = textIn(values, name);
  if (text === null) throw badInput(name, 'is required');
  return text;
}

function textIn(values: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = values[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw badInput(name, 'must be a string');
}
