import { InvalidArgumentError } from 'commander';
import { readAdminKey } from '../config.js';
import type { AddCommand } from './command.js';
import { BadLines, ImportBroken, importFile, type ImportReport } from './import-file.js';
import type { BadLine } from './import-lines.js';
import { LinesRefused } from './import-sender.js';
import { formatCount } from './progress.js';
import { Steps } from './steps.js';
import type { Terminal } from './terminal.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

interface Options {
  readonly url: string;
  readonly key?: string;
  readonly fromLine: number;
}

/** `import FILE`: sends recorded events of any age to a server. */
export const addImport: AddCommand = (program, { environment, interruption, terminal }) => {
  program
    .command('import')
    .argument('<file>', 'NDJSON: an event a line, with the fields of POST /events')
    .description('send past events to a running server')
    .option('--url <url>', 'where the server is', urlOf, DEFAULT_URL)
    .option('--key <key>', 'an admin key; better in ADMIN_KEY or ADMIN_KEY_FILE')
    .option('--from-line <line>', 'pass over the lines before, which are stored', lineOf, 1)
    .addHelpText(
      'after',
      `
Every line needs an occurredAt, of any past date, and should have a sessionId; a sentAt is refused.
All lines are checked before the first is sent. A line without an eventId gets one that is made of
the file's content and the line's number: run it again after an interruption, with the same file,
and nothing is counted twice. A file that was changed counts as another one: to add to a file that
was imported, give its lines eventIds of their own.

Examples:
  playhead import sessions-2025.ndjson
  ADMIN_KEY_FILE=./admin-key playhead import --url https://stats.example.org old.ndjson`,
    )
    .action(async (file: string, { url, key = readAdminKey(environment), fromLine }: Options) => {
      const steps = new Steps(terminal, { checking: 'bytes', importing: 'events' });
      try {
        const report = await importFile({
          file,
          url,
          key,
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
    tell(error.bad, terminal);
    return error;
  }
  if (!(error instanceof ImportBroken)) return error;
  const why = isInterrupted ? 'interrupted' : error.message;
  const place = `everything before line ${String(error.line)} is stored`;
  const { cause } = error;
  if (cause instanceof LinesRefused) tell(cause.bad, terminal);
  const first = cause instanceof LinesRefused ? 'take these lines out, then ' : '';
  const how = `${first}run it again as it is, or with --from-line ${String(error.line)}`;
  return new Error(`${why}; ${place}: ${how}`, { cause: error });
}

function tell(bad: readonly BadLine[], terminal: Terminal): void {
  for (const { line, code, message } of bad)
    terminal.note(`line ${String(line)}: ${code}: ${message}`);
}

function linesOf(report: ImportReport, file: string): readonly string[] {
  const { events, accepted, duplicates } = report;
  return [
    `Imported ${formatCount(accepted)} of the ${formatCount(events)} events of ${file}.`,
    ...(duplicates > 0 ? [`${formatCount(duplicates)} were stored already.`] : []),
  ];
}

function urlOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('It must be an http:// or https:// address.');
  }
  return text;
}

function lineOf(text: string): number {
  const line = Number(text);
  if (!Number.isSafeInteger(line) || line < 1) {
    throw new InvalidArgumentError('It must be the number of a line.');
  }
  return line;
}
