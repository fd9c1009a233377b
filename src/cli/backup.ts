import { dataFolder, explainingDisk } from '../composition/disk-faults.js';
import { readFolderConfig } from '../config.js';
import { assertWhole, backUpFolder } from './backup-folder.js';
import type { AddCommand } from './command.js';
import { formatCounted } from './format.js';

/** `backup FOLDER`: copies the data folder, whether its server runs or not. */
export const addBackup: AddCommand = (program, { environment, interruption, terminal }) => {
  program
    .command('backup')
    .argument('<folder>', 'where to put it: a folder that is empty or not there yet')
    .description('copy the data folder (DATA_DIR) while its server runs')
    .addHelpText(
      'after',
      `
Copies the log as it is at one moment, and the viewer secret. Read models are
not copied: the server folds them again from the log. Keep the backup as safe as
the data folder.

Examples:
  playhead backup /backups/monday
  DATA_DIR=/data playhead backup /backups/monday`,
    )
    .action(async (folder: string) => {
      const { dataDir } = readFolderConfig(environment);
      const progress = terminal.progress('copying', 'events');
      try {
        const onProgress = (done: number, total: number): void => {
          progress.update(done, total);
        };
        const { warnings, ...report } = await explainingDisk(dataFolder(dataDir), () =>
          explainingDisk({ folder, elsewhere: 'name another folder' }, () =>
            backUpFolder({ dataDir, folder, signal: interruption, onProgress }),
          ),
        );
        progress.end();
        for (const warning of warnings) terminal.note(`warning: ${warning}`);
        terminal.result({ folder, ...report }, [
          `Backed up ${formatCounted(report.events, 'event')} of ${dataDir} to ${folder}.`,
          report.holdsViewerSecret
            ? 'The viewer secret is in it. Read models are not: they are folded again.'
            : 'VIEWER_SECRET is a setting here: keep it with the backup, but not in it.',
        ]);
        assertWhole(report.damage, 'keep an earlier backup too');
      } finally {
        progress.end();
      }
    });
};
