import { PROJECTIONS } from '../../projections/index.js';
import {
  generationsIn,
  modelOf,
  type StoredGeneration,
} from '../../src/adapters/read-model/mongodb/stored-generation.js';
import { withClient } from '../support/mongo-read-models.js';
import { until } from '../support/polling.js';

const MODELS = PROJECTIONS.map(({ name, version }) => modelOf({ projection: name, version }));

/** The ids of the generations that serve the read models of this release. */
export const servingIn = (mongodbUrl: string): Promise<readonly string[]> =>
  withClient(mongodbUrl, async (client) => {
    const records = generationsIn(client.db()).find({ model: { $in: MODELS }, serves: true });
    return (await records.toArray()).map(({ _id }: StoredGeneration) => _id);
  });

/** Resolves when all read models are served, and none of them by one of these generations. */
export const untilReplaced = (mongodbUrl: string, gone: readonly string[]): Promise<void> =>
  until(async () => {
    const now = await servingIn(mongodbUrl);
    return now.length === MODELS.length && !now.some((id) => gone.includes(id));
  });
