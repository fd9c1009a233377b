import { PROJECTIONS } from '../../projections/index.js';
import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import type { Versions } from '../contracts/read-model-store.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../support/mongod.js';
import { closeReadModels, openReadModels, withClient } from '../support/mongo-read-models.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { describeRecomputedFigures } from './figures-recomputed.suite.js';

const VERSIONS = Object.fromEntries(
  PROJECTIONS.map(({ name, version }) => [name, version]),
) as Versions;
const RUNS = 5;

describeRecomputedFigures('embedded', RUNS, () => {
  const folder = temporaryFolder();
  const writer = new EmbeddedReadModelWriter(folder);
  const reader = new EmbeddedReadModelReader(folder, VERSIONS);
  const close = async (): Promise<void> => {
    await reader.close();
    await writer.close();
    removeFolder(folder);
  };
  return Promise.resolve({ models: { writer, reader }, close });
});

await describeWithMongo('recomputed figures', (startServers) => {
  let servers: MongoServers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => servers.stop());

  describeRecomputedFigures('MongoDB', RUNS, async () => {
    const url = servers.url(newDatabaseName());
    const models = await openReadModels(url, VERSIONS);
    return {
      models,
      close: async () => {
        await closeReadModels(models);
        await withClient(url, (client) => client.db().dropDatabase());
      },
    };
  });
});
