import { dataFolder, explainingDisk } from '../composition/disk-faults.js';
import { readFolderConfig } from '../config.js';
import { assertWhole, restoreFolder } from './backup-folder.js';
import type { AddCommand } from './command.js';
import { formatCounted } from './format.js';

interface Options {
  readonly acceptDamage?: boolean;
}

/** `restore FOLDER`: makes a data folder from a backup. */
export const addRestore: AddCommand = (program, { environment, interruption, terminal }) => {
  program
    .command('restore')
    .argument('<folder>', 'the backup')
    .description('put a backup into the data folder (DATA_DIR), which has to be empty')
    .option(
      '--accept-damage',
      'take a log that is not what was backed up, as far as it can be read',
    )
    .addHelpText(
      'after',
      `
Every byte is compared with what the backup says of itself. The next start folds
the read models. A log that is not what was backed up is refused; where there is
no other backup, --accept-damage takes what its checksums call whole.

Example:
  DATA_DIR=/new-data playhead restore /backups/monday`,
    )
    .action(async (folder: string, { acceptDamage = false }: Options) => {
      const { dataDir } = readFolderConfig(environment);
      const { warnings, ...report } = await explainingDisk(dataFolder(dataDir), () =>
        restoreFolder({ dataDir, folder, acceptDamage, signal: interruption }),
      );
      for (const warning of warnings) terminal.note(`warning: ${warning}`);
      terminal.result({ dataDir, ...report }, [
        `Restored ${formatCounted(report.events, 'event')} to ${dataDir}.`,
        report.holdsViewerSecret
          ? 'Start the server on it: it folds the read models from them.'
          : 'Start the server on it with the VIEWER_SECRET that the log was written with.',
      ]);
      assertWhole(report.damage, 'an earlier backup may have them');
    });
};
