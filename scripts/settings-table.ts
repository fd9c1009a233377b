import { z } from 'zod';
import { FILE_SETTINGS, SETTINGS } from '../src/settings.js';

const HEADING = ['variable', 'default', 'meaning'];
/** Matches the table in the document: all lines from its heading to its end. */
const TABLE = /^\| variable .*\n(?:\|.*\n)*/m;

/** The parts of a setting's JSON Schema that its row shows. */
interface Setting {
  readonly description?: string;
  readonly unset?: string;
  readonly default?: string | number;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Returns a document with its table of settings made anew from the schema. */
export function withSettings(document: string): string {
  if (!TABLE.test(document)) throw new Error('the document has no table of settings');
  return document.replace(TABLE, () => tableOf([HEADING, ...rows()]));
}

function rows(): string[][] {
  // A value that a function makes of a text has no schema; its row does without.
  const { properties = {} } = z.toJSONSchema(SETTINGS, { unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => {
    const setting = schema as Setting;
    return [quoted(name), defaultOf(setting), meaningOf(name, setting)];
  });
}

function defaultOf({ default: value, unset }: Setting): string {
  if (value !== undefined) return quoted(String(value));
  return unset === undefined ? 'unset' : `unset: ${unset}`;
}

function meaningOf(name: string, setting: Setting): string {
  const { description, enum: choices, minimum, maximum } = setting;
  if (description === undefined) throw new Error(`${name} does not say what it means`);
  return [
    description,
    choices && `: ${alternatives(choices.map(quoted))}`,
    maximum !== undefined && `; ${String(minimum)} to ${String(maximum)}`,
    FILE_SETTINGS.some((known) => known === name) && `. Or ${quoted(`${name}_FILE`)}`,
  ]
    .filter(Boolean)
    .join('');
}

const quoted = (text: string): string => `\`${text}\``;

const alternatives = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${String(names.at(-1))}`;

/** Lays out a table in Markdown, its columns as wide as Prettier wants them. */
function tableOf([heading = [], ...body]: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [heading, rule, ...body]
    .map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
