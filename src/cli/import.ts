import { InvalidArgumentError } from 'commander';
import { BadLines, tellBad } from './bad-lines.js';
import type { AddCommand } from './command.js';
import { ImportBroken, importFile, type ImportReport } from './import-file.js';
import { LinesRefused } from './import-sender.js';
import { formatCount, formatCounted } from './format.js';
import { placeOf, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';
import { Steps } from './steps.js';
import type { Terminal } from './terminal.js';

interface Options extends RemoteOptions {
  readonly fromLine: number;
}

/** `import FILE`: sends recorded events of any age to a server. */
export const addImport: AddCommand = (program, { environment, interruption, terminal }) => {
  withRemote(program.command('import'))
    .argument('<file>', 'NDJSON: an event a line, with the fields of POST /events')
    .description('send past events to a running server')
    .option('--from-line <line>', 'pass over the lines before, which are stored', lineOf, 1)
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

Every line needs an occurredAt, of any past date, and should have a sessionId; a
sentAt is refused. All lines are checked before the first is sent. A line
without an eventId gets one that is made of the file's content and the line's
number: run it again after an interruption, with the same file, and nothing is
counted twice. A file that was changed counts as another one: to add to a file
that was imported, give its lines eventIds of their own.

Examples:
  playhead import sessions-2025.ndjson
  ADMIN_KEY_FILE=./key playhead import --url https://stats.example.org a.ndjson`,
    )
    .action(async (file: string, options: Options) => {
      const { fromLine } = options;
      const steps = new Steps(terminal, { checking: 'bytes', importing: 'events' });
      try {
        const report = await importFile({
          ...placeOf(options, environment),
          file,
          fromLine,
          signal: interruption,
          onProgress: (step, done, total) => {
            steps.update(step, done, total);
          },
        });
        steps.end();
        terminal.result({ file, ...report }, linesOf(report, file));
      } catch (error) {
        steps.end();
        throw explain(error, terminal, interruption.aborted);
      }
    });
};

/** Names bad lines, and the line from which to go on. */
function explain(error: unknown, terminal: Terminal, isInterrupted: boolean): unknown {
  if (error instanceof BadLines) {
    tellBad(error.bad, terminal);
    return error;
  }
  if (!(error instanceof ImportBroken)) return error;
  const why = isInterrupted ? 'interrupted' : error.message;
  const place = `everything before line ${String(error.line)} is stored`;
  const { cause } = error;
  if (cause instanceof LinesRefused) tellBad(cause.bad, terminal);
  const first = cause instanceof LinesRefused ? 'take these lines out, then ' : '';
  const how = `${first}run it again as it is, or with --from-line ${String(error.line)}`;
  return new Error(`${why}; ${place}: ${how}`, { cause: error });
}

function linesOf(report: ImportReport, file: string): readonly string[] {
  const { events, accepted, duplicates } = report;
  const part = accepted === events ? '' : `${formatCount(accepted)} of `;
  return [
    `Imported ${part}${formatCounted(events, 'event')} of ${file}.`,
    ...(duplicates > 0
      ? [`${formatCount(duplicates)} ${duplicates === 1 ? 'was' : 'were'} stored already.`]
      : []),
  ];
}

function lineOf(text: string): number {
  const line = Number(text);
  if (!Number.isSafeInteger(line) || line < 1) {
    throw new InvalidArgumentError('It must be the number of a line.');
  }
  return line;
}
