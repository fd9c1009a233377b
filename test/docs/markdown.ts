import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that is written for people to read. */
export const documents: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/RESULTS.md',
  'examples/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

export const read = (path: string): string => readFileSync(path, 'utf8');

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

const CODE_BLOCK = /^```(\w*)\n(.*?)^```$/gms;

/** The fenced blocks of a document, in their order. */
export const codeBlocks = (text: string): readonly CodeBlock[] =>
  [...text.matchAll(CODE_BLOCK)].map(([, language = '', code = '']) => ({ language, code }));

/** What stands under a heading of the second level, up to the next one. */
export function sectionOf(text: string, heading: string): string {
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`no section ${heading}`);
  return section.split('\n## ')[0] ?? '';
}

/** The targets of a document's links. */
export function linksIn(text: string): readonly string[] {
  const prose = text.replace(CODE_BLOCK, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of a document's headings, as GitHub makes them. */
export const anchorsIn = (text: string): readonly string[] =>
  [...text.replace(CODE_BLOCK, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The rows of the table whose first column has this heading, without the heading. */
export function tableRows(text: string, firstHeading: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => cellsOf(line)[0] === firstHeading);
  if (start < 0) throw new Error(`no table with the heading ${firstHeading}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map(cellsOf);
}

const cellsOf = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The names and values in backticks. */
export const quotedIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
