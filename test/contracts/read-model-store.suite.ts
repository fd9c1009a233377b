import { describeClaims, describeReadability } from './read-model-claims.suite.js';
import { describeReadingByIndex, describeReadingByKey } from './read-model-reader.suite.js';
import { describeParking, describeRebuilds } from './read-model-rebuilds.suite.js';
import { describeMissingGenerations, describeSnapshots } from './read-model-snapshots.suite.js';
import { describeTransitions } from './read-model-transitions.suite.js';
import { VERSION_1, type ReadModelFactory, type ReadModels } from './read-model-store.js';
import {
  describeCommits,
  describeGenerations,
  describeRefusals,
  describeRetiring,
} from './read-model-writer.suite.js';

/** What every read-model store has to hold; the factory gives an empty one each time. */
export function describeReadModelStore(name: string, factory: ReadModelFactory): void {
  describe(`read-model store: ${name}`, () => {
    let models: ReadModels;
    beforeEach(async () => {
      models = await factory.create(VERSION_1);
    });
    afterEach(async () => {
      await models.reader.close();
      await models.writer.close();
      await factory.cleanUp();
    });
    const current = (): ReadModels => models;
    describe('generations', () => {
      describeGenerations(current);
    });
    describe('commits', () => {
      describeCommits(current);
    });
    describe('refusals', () => {
      describeRefusals(current);
    });
    describe('parked events', () => {
      describeParking(current);
    });
    describe('rebuilds', () => {
      describeRebuilds(current);
    });
    describe('retiring', () => {
      describeRetiring(current);
    });
    describe('by key', () => {
      describeReadingByKey(current);
    });
    describe('by index', () => {
      describeReadingByIndex(current);
    });
    describe('snapshots', () => {
      describeSnapshots(current);
    });
    describe('nothing to read', () => {
      describeMissingGenerations(current, factory);
    });
    describe('transitions', () => {
      describeTransitions(current);
    });
    describe('claims', () => {
      describeClaims(current);
    });
    if (!factory.isShared) return;
    describe('what may be read', () => {
      describeReadability(current);
    });
  });
}
