import type { GenerationRecord } from '../ports/read-model/generation.js';
import { changesOf } from './compare-builds.js';
import type { Generations } from './generations.js';
import type { ObservedProjection } from './observed-projection.js';

/**
 * Rebuilds the read models whose settings differ from those that this node wants. This is done
 * once, at a start. Two nodes that want different settings would otherwise rebuild against each
 * other for ever; so the node that started last decides.
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

interface Applying {
  readonly generations: Generations;
  /** Called with the reason when a read model is folded anew. */
  readonly onStartOver: (projection: string, reason: string) => void;
}
