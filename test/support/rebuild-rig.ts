import type { Recorded } from '../../src/domain/event.js';
import type { ProjectionProgress } from '../../src/ports/projection-control.js';
import type { Projection } from '../../src/ports/projection.js';
import type { GenerationSpec } from '../../src/ports/read-model/generation.js';
import { NOON } from './playback.js';
import { stored } from './project.js';
import { counting } from './projector-rig.js';

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: `m${String(i % 3)}`, eventId: String(i) }, NOON + i);
export const beats = (from: number, to: number): readonly Recorded[] =>
  Array.from({ length: to - from }, (_, i) => beat(from + i));

/** Counters, each event so many times: what a change of the code may make of the same log. */
export function times(factor: number, version = 1): readonly Projection[] {
  const projection = counting('bandwidth', version);
  const evolve: typeof projection.evolve = (document) => ({
    count: (document?.count ?? 0) + factor,
  });
  return [{ ...projection, evolve }, counting('popularity')];
}
export const spec: GenerationSpec = {
  projection: 'bandwidth',
  version: 1,
  storeId: '',
  indexes: [],
  settings: {},
};

export const bandwidthOf = (told: readonly ProjectionProgress[]): ProjectionProgress => {
  const found = told.find(({ name }) => name === 'bandwidth');
  if (found === undefined) throw new Error('nothing was told of it');
  return found;
};
export const isSwitched = (told: readonly ProjectionProgress[]): boolean =>
  bandwidthOf(told).rebuild.outcome?.kind === 'switched' &&
  bandwidthOf(told).rebuild.building === undefined;
