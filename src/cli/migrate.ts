import { dataFolder, explainingDisk } from '../composition/disk-faults.js';
import { openCopy } from '../composition/event-stores.js';
import { readFolderConfig } from '../config.js';
import type { AddCommand } from './command.js';
import { migrateFolder, type MigrationReport } from './migrate-folder.js';
import { formatCount, formatCounted } from './format.js';
import { Steps } from './steps.js';

/** `migrate`: copies the log of the data folder to EventStoreDB. */
export const addMigrate: AddCommand = (program, { environment, interruption, terminal }) => {
  program
    .command('migrate')
    .description('copy the log of the data folder (DATA_DIR) to EventStoreDB (EVENTSTORE_URL)')
    .addHelpText(
      'after',
      `
Stop the server first. Run it again after an interruption: it goes on from where
it was, and stores nothing twice. At its end both sides are compared, event by
event; before that no server starts on the copy. The data folder is not changed.

Example:
  EVENTSTORE_URL=esdb://events:2113?tls=false DATA_DIR=/data playhead migrate`,
    )
    .action(async () => {
      const config = readFolderConfig(environment);
      const steps = new Steps(terminal, { copying: 'events', comparing: 'events' });
      try {
        const report = await explainingDisk(dataFolder(config.dataDir), () =>
          migrateFolder({
            config,
            openTarget: openCopy,
            signal: interruption,
            onProgress: (step, { done, total }) => {
              steps.update(step, done, total);
            },
          }),
        );
        steps.end();
        terminal.result(report, linesOf(report, config.dataDir));
      } catch (error) {
        if (!interruption.aborted) throw error;
        throw new Error('interrupted; run it again, and it goes on from here', { cause: error });
      } finally {
        steps.end();
      }
    });
};

function linesOf(report: MigrationReport, dataDir: string): readonly string[] {
  const { events, streams, foundCopied, further, isSecretInFolder } = report;
  const were = `${formatCount(foundCopied)} ${foundCopied === 1 ? 'was' : 'were'}`;
  const counted = `${formatCounted(events, 'event')} in ${formatCounted(streams, 'stream')}`;
  return [
    `Copied ${formatCounted(events - foundCopied, 'event')}${
      foundCopied > 0 ? `; ${were} there already` : ''
    }.`,
    `Compared ${counted} on both sides: all of them are the same.`,
    ...(further > 0 ? [`The target has ${formatCounted(further, 'event')} since.`] : []),
    'Next, start the server with',
    '  EVENTSTORE_URL      as it was for this command',
    isSecretInFolder
      ? `  VIEWER_SECRET_FILE  a copy of ${dataDir}/viewer-secret`
      : '  its viewer secret   as it was given to this command',
    'It folds its read models from the events by itself. Keep the data folder until you have seen',
    'its figures.',
  ];
}
