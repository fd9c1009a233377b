import type { GenerationPlace } from '../../src/ports/read-model/generation.js';

/** A generation's record as a node of release 0.1.0 writes it; released a minute ago. */
export const recordOfOldNode = (
  { projection, version, number }: GenerationPlace,
  state: object,
): Record<string, unknown> & { readonly _id: never } =>
  ({
    _id: `${projection}.v${String(version)}.g${String(number)}`,
    model: `${projection}.v${String(version)}`,
    ...{ projection, version, number, storeId: 'log-1', checkpoint: 0, totals: {}, fence: 1 },
    progress: { scanned: 0, isStopped: false, parkedEvents: 0, eventsSeen: 0 },
    servesFrom: 0,
    owner: null,
    session: null,
    expiresAt: new Date(Date.now() - 60_000),
    ...state,
  }) as never;
