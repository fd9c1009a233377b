import type { Command } from 'commander';
import type { CommandContext } from './command.js';
import { formatCount, formatCounted } from './format.js';
import { ImportBroken, importFile, type ImportKind, type ImportReport } from './import-file.js';
import { placeOf, withRemote, type RemoteOptions } from './remote.js';

/** The options of every import. */
export interface ImportCommandOptions extends RemoteOptions {
  readonly rejects?: string;
  readonly strict?: boolean;
}

/** Adds the options of every import. */
export const withImport = (command: Command): Command =>
  withRemote(command)
    .option('--rejects <path>', 'a new file for the lines that are not taken')
    .option('--strict', 'stop at the first line that is not taken');

/** Imports a file, and shows how far it is; names the bad lines at the end. */
export async function runImport(
  file: string,
  options: ImportCommandOptions,
  { environment, interruption, terminal }: CommandContext,
  kind: ImportKind,
): Promise<ImportReport> {
  const { rejects, strict: isStrict = false } = options;
  const progress = terminal.progress('importing', 'bytes');
  const sending = {
    ...placeOf(options, environment),
    ...{ file, rejects, isStrict },
    signal: interruption,
    onProgress: (done: number, total: number) => {
      progress.update(done, total);
    },
  };
  try {
    const report = await importFile(sending, kind).finally(() => {
      progress.end();
    });
    report.bad.tell(terminal);
    return report;
  } catch (error) {
    if (!(error instanceof ImportBroken)) throw error;
    error.report.bad.tell(terminal);
    throw explain(error, interruption.aborted);
  }
}

function explain(error: ImportBroken, isInterrupted: boolean): Error {
  const { accepted, duplicates } = error.report;
  const why = isInterrupted ? 'interrupted' : error.message;
  const count = `${formatCounted(accepted + duplicates, 'event')} of the file`;
  const how = 'run it again as it is, nothing is counted twice';
  return new Error(`${why}; stored so far: ${count}; ${how}`, { cause: error });
}

/** Throws where lines were not taken, with what to do about them. */
export function assertAllTaken(
  { bad: { count } }: ImportReport,
  { rejects, strict }: ImportCommandOptions,
): void {
  if (count === 0) return;
  if (strict === true) {
    throw new Error('stopped at a line that cannot be imported; nothing after it was sent');
  }
  const how =
    rejects === undefined
      ? 'correct them in the file and import it again, or use --rejects'
      : `correct them in ${rejects} and import that`;
  const lines = formatCounted(count, 'line');
  throw new Error(`${lines} could not be imported, all others are stored; ${how}`);
}

/** Says how many events of a file were stored now, and how many were before. */
export function importedLines(
  { events, accepted, duplicates }: ImportReport,
  of: { readonly file: string; readonly noun: string },
): readonly string[] {
  const part = accepted === events ? '' : `${formatCount(accepted)} of `;
  return [
    `Imported ${part}${formatCounted(events, of.noun)} of ${of.file}.`,
    ...(duplicates > 0
      ? [`${formatCount(duplicates)} ${duplicates === 1 ? 'was' : 'were'} stored already.`]
      : []),
  ];
}
