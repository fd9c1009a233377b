import { NodeClock } from '../adapters/system/node-clock.js';
import { findLog } from '../composition/found-log.js';
import { locationsOf } from '../composition/locations.js';
import { openReadModels } from '../composition/read-models.js';
import { readStoreConfig, type StoreConfig } from '../config.js';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';

/** `take-over`: lets a log have the database that holds another log's read models. */
export const addTakeOver: AddCommand = (program, { environment, terminal }) => {
  program
    .command('take-over')
    .description('give a database (MONGODB_URL) that another log had to this one')
    .addHelpText(
      'after',
      `
A server refuses a database that holds the read models of another event log than
its own (EVENTSTORE_URL or DATA_DIR), as servers of both would undo each other's
work. Where the other log needs it no more, stop its servers and run this once:
its read models are forgotten, which that log's events can give again.

Example:
  MONGODB_URL=mongodb://mongo/playhead?replicaSet=rs playhead take-over`,
    )
    .action(async () => {
      const outcome = await takeOver(readStoreConfig(environment));
      if (outcome === 'busy') {
        throw new Error('a server of the other log is at work on the database: stop it first');
      }
      terminal.result({ outcome }, [SAID[outcome]]);
    });
};

const SAID = {
  taken: 'What the other log left is gone. Start the server: it folds its read models anew.',
  kept: 'The database holds no read models of another log: nothing was changed.',
} as const;

async function takeOver(config: StoreConfig): Promise<'kept' | 'busy' | 'taken'> {
  const locations = locationsOf(config);
  const readModels = await openReadModels(locations.readModels, new NodeClock());
  try {
    const { holder } = readModels;
    if (holder === undefined) {
      throw new WrongUsage('MONGODB_URL is not set: read models in a data folder are its own');
    }
    const untold = (): void => undefined;
    const telling = { onUpgrade: untold, onSearch: untold };
    const log = await findLog(locations, config.streamPrefix, telling);
    try {
      return await holder.takeFor(log.known);
    } finally {
      await log.close();
    }
  } finally {
    await readModels.close();
  }
}
