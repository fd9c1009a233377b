/** The file formats of exports. */

import { stringify } from 'csv-stringify/sync';
import type { Cell } from './columns.js';

type Cells = readonly Cell[];

/** A file format: the way to write its lines. */
export interface Form {
  readonly type: string;
  readonly extension: string;
  /** Writes the beginning of the file. */
  readonly headOf: (names: readonly string[]) => string;
  /** Writes some lines. */
  readonly linesOf: (names: readonly string[], lines: readonly Cells[]) => string;
}

const csvOf = (lines: readonly Cells[]): string =>
  stringify(
    lines.map((cells) => [...cells]),
    {
      record_delimiter: 'windows',
      cast: { boolean: String },
      // A spreadsheet would take such a text for a formula: it gets an apostrophe in front.
      escape_formulas: true,
    },
  );

/** CSV by RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), with a line of names. */
export const CSV: Form = {
  type: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  headOf: (names) => csvOf([names]),
  linesOf: (_, lines) => csvOf(lines),
};

/** NDJSON: a JSON object in each line. */
export const NDJSON: Form = {
  type: 'application/x-ndjson; charset=utf-8',
  extension: 'ndjson',
  headOf: () => '',
  linesOf: (names, lines) =>
    lines
      .map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? null])))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
};
