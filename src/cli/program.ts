import { Command, CommanderError } from 'commander';
import { addBackup } from './backup.js';
import { addCheckLog } from './check-log.js';
import type { AddCommand, CommandContext } from './command.js';
import { EXIT_STATUS, explainFailure, type ExitStatus } from './failure.js';
import { addImport } from './import.js';
import { addImportCdn } from './import-cdn.js';
import { addKeys } from './keys.js';
import { addMedia } from './media.js';
import { addMigrate } from './migrate.js';
import { addParked } from './parked.js';
import { addProjections } from './projections.js';
import { addRebuild } from './rebuild.js';
import { addReport } from './report.js';
import { addRestore } from './restore.js';
import { addTakeOver } from './take-over.js';
import { readVersion } from '../version.js';
import { Terminal } from './terminal.js';
import { explainUsage } from './usage.js';
import { addWatch } from './watch.js';
import { addVerify } from './verify.js';

/** Runs the command line and returns the exit status for the process; never throws. */
export async function runProgram(
  words: readonly string[],
  options: Omit<CommandContext, 'terminal'>,
): Promise<ExitStatus> {
  const terminal = new Terminal(options);
  const program = createProgram({ ...options, terminal });
  try {
    await program.parseAsync(words, { from: 'user' });
    return EXIT_STATUS.fine;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_STATUS.fine;
      // A call without a command has printed the help already.
      if (error.code !== 'commander.help') terminal.fail(explainUsage(error, program, words));
      return EXIT_STATUS.wrongUsage;
    }
    const isCutOff = options.interruption.aborted && isAbort(error);
    const { message, status } = explainFailure(isCutOff ? options.interruption.reason : error);
    terminal.fail(message);
    return status;
  }
}

/** Says whether an error is the one that Node's functions throw when their signal is aborted. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** The commands, in the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addKeys,
  addMedia,
  addReport,
  addWatch,
  addImport,
  addImportCdn,
  addBackup,
  addRestore,
  addCheckLog,
  addMigrate,
  addTakeOver,
  addProjections,
  addRebuild,
  addParked,
  addVerify,
];

function createProgram(context: CommandContext): Command {
  const { stdout, stderr, terminal } = context;
  const program = new Command('playhead')
    .description(
      'Looks after a Playhead server: keys, titles, reports, imports, backups, read models.',
    )
    .option('--json', 'print the result as JSON')
    .version(readVersion(), '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // runProgram prints the error that it catches.
      outputError: () => undefined,
    })
    .exitOverride()
    .hook('preAction', () => {
      terminal.isJson = program.opts<{ json?: boolean }>().json === true;
    })
    .addHelpText(
      'after',
      `
Settings come from the environment, as the server's do (docs/operations.md).
Ends with 0 if all is well, 1 if the command failed, 2 if it was called wrongly.

Examples:
  playhead keys generate
  playhead report --period MONTH
  playhead backup /backups/monday
  playhead rebuild bandwidth --watch
  DATA_DIR=/data playhead backup --json /backups/monday`,
    );
  for (const add of COMMANDS) add(program, context);
  return program;
}
