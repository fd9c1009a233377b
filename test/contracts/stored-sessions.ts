import { sessions } from '../../projections/sessions.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import type { DocumentWrite } from '../../src/ports/read-model/documents.js';
import { specOf } from '../../src/ports/read-model/generation.js';
import { put, VERSION_1, type ReadModelFactory, type ReadModels } from './read-model-store.js';

/** The generations that sessions are stored in. */
export const spec = specOf(sessions, 'log-1');

/** Returns the document of a session as the projection makes it. */
export const documentOf = (key: string, row: SessionRow): DocumentWrite =>
  put(key, sessions.indexValuesOf(row, key), row);

/** Gives each test of a suite an empty store of sessions. */
export function storesOf(factory: ReadModelFactory): () => ReadModels {
  let models: ReadModels;
  beforeEach(async () => {
    models = await factory.create({ ...VERSION_1, sessions: sessions.version });
  });
  afterEach(async () => {
    await models.reader.close();
    await models.writer.close();
    await factory.cleanUp();
  });
  return () => models;
}
