import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { checkMedia, type MediaFields } from '../api/media-fields.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { quote } from '../domain/text.js';
import { BadLines } from './bad-lines.js';
import { WrongUsage } from './failure.js';
import { formatBytes, formatCount } from './format.js';
import { statFile } from './input-file.js';

/** A title of a file, ready to be registered. */
export interface MediaRow {
  readonly line: number;
  readonly fields: MediaFields;
}

/** The content of a file of titles. */
export interface MediaFile {
  readonly rows: readonly MediaRow[];
  readonly bad: BadLines;
}

/** A row as it stands: its values by name, or the reason why it has none. */
interface RawRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>> | PlayheadError;
}

const ROWS_MAX = 100_000;

/**
 * Reads titles: a JSON object a line, or CSV with a header row. Every row is checked as the server
 * will check it. Throws WrongUsage for a file that is neither.
 */
export async function readMediaFile(file: string): Promise<MediaFile> {
  const text = await textOf(file);
  const raw = text.trimStart().startsWith('{') ? jsonRows(text) : csvRows(text, file);
  const rows: MediaRow[] = [];
  const bad = new BadLines();
  const lines = new Map<string, number>();
  for (const { line, values } of raw) {
    if (rows.length + bad.count === ROWS_MAX) {
      throw new WrongUsage(`${file} holds more than ${formatCount(ROWS_MAX)} titles: split it`);
    }
    try {
      if (values instanceof PlayheadError) throw values;
      const fields = fieldsOf(values);
      const { mediaId } = checkMedia(fields);
      const earlier = lines.get(mediaId);
      if (earlier !== undefined) throw badInput('mediaId', `is that of line ${String(earlier)}`);
      lines.set(mediaId, line);
      rows.push({ line, fields });
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      bad.add(line, error);
    }
  }
  return { rows, bad };
}

/** The largest file, as it is held in memory: 100,000 titles with thumbnails take half of it. */
const FILE_BYTES_MAX = 64 * 2 ** 20;

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

function* jsonRows(text: string): Generator<RawRow> {
  for (const [line, json] of linesOf(text)) yield { line, values: objectOf(json) };
}

/** Yields the lines that are not blank, one at a time: there may be tens of millions. */
function* linesOf(text: string): Generator<readonly [number, string]> {
  let line = 1;
  for (let from = 0; from < text.length; line += 1) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const held = text.slice(from, end).trim();
    if (held !== '') yield [line, held];
    from = end + 1;
  }
}

/** Characters of a row; the longest title and address take a tenth of it. */
const ROW_LENGTH_MAX = 2 ** 15;

function objectOf(json: string): RawRow['values'] {
  if (json.length > ROW_LENGTH_MAX) return badInput('line', 'is too long for a title');
  const value = jsonOf(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : badInput('line', 'must be a JSON object');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller refuses it, as any value that is no object
  }
}

/** The delimiters that spreadsheets put between cells. */
const DELIMITERS = [',', ';', '\t'];

function csvRows(text: string, file: string): readonly RawRow[] {
  for (const [line, { length }] of linesOf(text)) {
    if (length > ROW_LENGTH_MAX) {
      throw new WrongUsage(`line ${String(line)} of ${file} is too long for a title`);
    }
  }
  const [header = ''] = text.split('\n', 1);
  const delimiter = DELIMITERS.find((one) => header.includes(one)) ?? ',';
  const shape = {
    delimiter,
    relax_column_count: true,
    trim: true,
    skip_empty_lines: true,
  } as const;
  // The header, and one row beyond the limit, are enough to see that there are too many.
  const limits = { to: ROWS_MAX + 2, max_record_size: ROW_LENGTH_MAX } as const;
  const rows: RawRow[] = [];
  let names: readonly string[] | undefined;
  // Values are taken from each row at once, so that the cells are not kept.
  const take = (record: readonly string[], { lines: line }: { readonly lines: number }): null => {
    if (names !== undefined) rows.push({ line, values: cellsOf(record, names) });
    else checkColumns((names = record), file);
    return null;
  };
  try {
    parse(text, { ...shape, ...limits, on_record: take });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new WrongUsage(`${file} is no CSV: ${error.message}`);
  }
  if (names === undefined) checkColumns([], file);
  return rows;
}

/** The members of a row, and the columns of CSV. */
const MEMBERS = ['mediaId', 'title', 'thumbnail', 'duration'] as const;

function checkColumns(names: readonly string[], file: string): void {
  const unknown = names.find((name) => !(MEMBERS as readonly string[]).includes(name));
  if (unknown !== undefined || !names.includes('mediaId') || !names.includes('title')) {
    const what = unknown === undefined ? '' : `, not ${quote(unknown)}`;
    const rule = `must begin with a row of the columns ${MEMBERS.join(', ')}${what}`;
    throw new WrongUsage(`${file} ${rule}; thumbnail and duration may be left out`);
  }
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) {
    throw new WrongUsage(`${file} has two columns ${quote(twice)}: leave one`);
  }
}

function cellsOf(record: readonly string[], names: readonly string[]): RawRow['values'] {
  if (record.length > names.length) {
    return badInput('line', 'has more cells than the header; quote its commas');
  }
  const cells = names.map((name, at) => [name, record[at] ?? ''] as const);
  const values: Record<string, unknown> = Object.fromEntries(
    cells.filter(([, cell]) => cell !== ''),
  );
  const { duration } = values;
  return typeof duration === 'string'
    ? { ...values, duration: decimalOf(duration) ?? NaN }
    : values;
}

/** Parses a number as people write it: `0x10` and `1e3` are no such numbers. */
export function decimalOf(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Gives the values of a row their types, or throws BAD_USER_INPUT. */
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
