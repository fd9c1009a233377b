import type { BackOff } from '../domain/back-off.js';

/** The waits of folding and of rebuilding after failures of the log or of a read model. */
export const RETRY: BackOff = { minMs: 100, maxMs: 5_000 };
