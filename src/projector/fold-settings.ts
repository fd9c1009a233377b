import type { GenerationRecord } from '../ports/read-model/generation.js';
import type { Generations } from './generations.js';
import type { ObservedProjection } from './observed-projection.js';
import { changesOf } from './rebuilds.js';

interface Applying {
  readonly generations: Generations;
  /** Told why a read model is folded anew. */
  readonly onStartOver: (projection: string, reason: string) => void;
}

/**
 * Begins a rebuild of each read model that in the end would serve with other settings than this
 * node wants. It is done once, at a start: two nodes that want different settings would otherwise
 * rebuild against each other for ever. So the node that started last decides.
 */
export async function applySettings(
  projections: readonly ObservedProjection[],
  { generations, onStartOver }: Applying,
  now: number,
): Promise<void> {
  for (const { rebuild, serving, spec } of projections) {
    const { building } = rebuild;
    const changesIn = (record: GenerationRecord | undefined): string =>
      record === undefined ? '' : changesOf(record.settings, spec.settings);
    const changes = changesIn(building ?? serving);
    if (changes === '') continue;
    const detail = `its settings changed: ${changes}`;
    if (building !== undefined) {
      await generations.abandon(spec, { kind: 'cancelled', at: now, detail });
      if (serving !== undefined && changesIn(serving) === '') continue;
    }
    const refused = await generations.begin(spec, 'nothing');
    if (refused === undefined) onStartOver(spec.projection, detail);
  }
}
