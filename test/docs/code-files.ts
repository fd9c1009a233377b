import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { removeFolder } from '../support/temporary-folder.js';
import { codeBlocks, read } from './markdown.js';

/** Source files by their paths from the root of the repository. */
export type CodeFiles = ReadonlyMap<string, string>;

const TSCONFIG = 'tsconfig.json';
const NAMED = /^\/\/ (\S+\.ts)\n/;

/** The TypeScript that a document shows as whole files: each begins with its path. */
export const filesIn = (text: string): CodeFiles =>
  new Map(
    codeBlocks(text).flatMap(({ language, code }) => {
      const path = language === 'ts' ? NAMED.exec(code)?.[1] : undefined;
      return path === undefined ? [] : [[path, code] as const];
    }),
  );

/** What the compiler says of files that stand, or would stand, in the repository. */
export function faultsIn(files: CodeFiles): readonly string[] {
  const config: unknown = ts.parseConfigFileTextToJson(TSCONFIG, read(TSCONFIG)).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const host = ts.createCompilerHost(options);
  const codeOf = (path: string): string | undefined => files.get(relative('.', path));
  host.fileExists = (path) => codeOf(path) !== undefined || ts.sys.fileExists(path);
  host.readFile = (path) => codeOf(path) ?? ts.sys.readFile(path);
  const paths = [...files.keys()].map((path) => resolve(path));
  const program = ts.createProgram(paths, options, host);
  return paths.flatMap((path) => {
    const source = program.getSourceFile(path);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map(
      ({ messageText }) =>
        `${relative('.', path)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

/** Files that can be imported, in a folder that nothing else looks at. */
export class ImportableFiles {
  private readonly folder: string;

  constructor(files: CodeFiles) {
    mkdirSync('.cache', { recursive: true });
    this.folder = mkdtempSync(resolve('.cache', 'docs-'));
    for (const [path, code] of files) {
      const place = join(this.folder, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, this.withImportsOf(path, files, code));
    }
  }

  import(path: string): Promise<unknown> {
    return import(join(this.folder, path));
  }

  remove(): void {
    removeFolder(this.folder);
  }

  /** What is not among the files is that of the repository. */
  private withImportsOf(path: string, files: CodeFiles, code: string): string {
    return code.replaceAll(/ from '(\.[^']+)'/g, (all, target: string) => {
      const wanted = join(dirname(path), target);
      if (files.has(wanted.replace(/\.js$/, '.ts'))) return all;
      return ` from '${relative(dirname(join(this.folder, path)), resolve(wanted))}'`;
    });
  }
}

/** A file of the repository with its one match of a pattern replaced. */
export function changed(path: string, pattern: RegExp, by: string): string {
  const code = read(path);
  if (!pattern.test(code)) throw new Error(`${path} has nothing like ${String(pattern)}`);
  return code.replace(pattern, by);
}
