import type { AddCommand } from './command.js';
import { formatCount } from './format.js';
import {
  assertAllTaken,
  importedLines,
  runImport,
  withImport,
  type ImportCommandOptions,
} from './import-command.js';
import { EVENTS_FILE, type ImportReport } from './import-file.js';
import { REMOTE_HELP } from './remote.js';

/** `import FILE`: sends recorded events of any age to a server. */
export const addImport: AddCommand = (program, context) => {
  withImport(program.command('import'))
    .argument('<file>', 'NDJSON: an event a line, with the fields of POST /events')
    .description('send past events to a running server')
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
    .action(async (file: string, options: ImportCommandOptions) => {
      const report = await runImport(file, options, context, EVENTS_FILE);
      const { events, accepted, duplicates, conflicting, position, bad } = report;
      const counts = { events, accepted, duplicates, conflicting, position };
      const lines = linesOf(report, file);
      context.terminal.result({ file, ...counts, rejected: bad.count }, lines);
      assertAllTaken(report, options);
    });
};

function linesOf(report: ImportReport, file: string): readonly string[] {
  const { conflicting } = report;
  return [
    ...importedLines(report, { file, noun: 'event' }),
    ...(conflicting > 0
      ? [
          `${formatCount(conflicting)} of these ${conflicting === 1 ? 'says' : 'say'} something ` +
            'else than what is stored under the same eventId,',
          'and is not counted: two things need two eventIds.',
        ]
      : []),
  ];
}
