import type { AddCommand } from './command.js';
import { ImportBroken, importFile, type ImportReport } from './import-file.js';
import { formatCount, formatCounted } from './format.js';
import { placeOf, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';

interface Options extends RemoteOptions {
  readonly rejects?: string;
  readonly strict?: boolean;
}

/** `import FILE`: sends recorded events of any age to a server. */
export const addImport: AddCommand = (program, { environment, interruption, terminal }) => {
  withRemote(program.command('import'))
    .argument('<file>', 'NDJSON: an event a line, with the fields of POST /events')
    .description('send past events to a running server')
    .option('--rejects <path>', 'a new file for the lines that are not taken')
    .option('--strict', 'stop at the first line that is not taken')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

Every line needs an occurredAt, of any past date, and should have a sessionId; a
sentAt is refused. Bad lines are passed over and named at the end; the command
then ends with 1. Put them right in the file of --rejects and import that.

What is stored already is not counted twice: import a file again after an
interruption, or once it has grown. Lines without an eventId are told by what
they hold; of equal ones in one file each counts, but another file with them
adds only what it has more of. Where that matters, give lines eventIds.

Examples:
  playhead import sessions-2025.ndjson
  playhead import --rejects bad.ndjson sessions-2025.ndjson
  ADMIN_KEY_FILE=./key playhead import --url https://stats.example.org a.ndjson`,
    )
    .action(async (file: string, options: Options) => {
      const { rejects, strict: isStrict = false } = options;
      const progress = terminal.progress('importing', 'bytes');
      let report: ImportReport;
      try {
        report = await importFile({
          ...placeOf(options, environment),
          ...{ file, rejects, isStrict },
          signal: interruption,
          onProgress: (done, total) => {
            progress.update(done, total);
          },
        }).finally(() => {
          progress.end();
        });
      } catch (error) {
        if (!(error instanceof ImportBroken)) throw error;
        error.report.bad.tell(terminal);
        throw explain(error, interruption.aborted);
      }
      const { bad, ...counts } = report;
      bad.tell(terminal);
      terminal.result({ file, ...counts, rejected: bad.count }, linesOf(report, file));
      if (bad.count > 0) throw new Error(notTaken(report, options));
    });
};

function explain(error: ImportBroken, isInterrupted: boolean): Error {
  const { accepted, duplicates } = error.report;
  const why = isInterrupted ? 'interrupted' : error.message;
  const count = `${formatCounted(accepted + duplicates, 'event')} of the file`;
  const how = 'run it again as it is, nothing is counted twice';
  return new Error(`${why}; stored so far: ${count}; ${how}`, { cause: error });
}

function notTaken({ bad: { count } }: ImportReport, { rejects, strict }: Options): string {
  if (strict === true)
    return 'stopped at a line that cannot be imported; nothing after it was sent';
  const how =
    rejects === undefined
      ? 'correct them in the file and import it again, or use --rejects'
      : `correct them in ${rejects} and import that`;
  return `${formatCounted(count, 'line')} could not be imported, all others are stored; ${how}`;
}

function linesOf(
  { events, accepted, duplicates, conflicting }: ImportReport,
  file: string,
): readonly string[] {
  const part = accepted === events ? '' : `${formatCount(accepted)} of `;
  return [
    `Imported ${part}${formatCounted(events, 'event')} of ${file}.`,
    ...(duplicates > 0
      ? [`${formatCount(duplicates)} ${duplicates === 1 ? 'was' : 'were'} stored already.`]
      : []),
    ...(conflicting > 0
      ? [
          `${formatCount(conflicting)} of these ${conflicting === 1 ? 'says' : 'say'} something ` +
            'else than what is stored under the same eventId,',
          'and is not counted: two things need two eventIds.',
        ]
      : []),
  ];
}
