import type { BackOff } from '../domain/back-off.js';
import { SECOND_MS } from '../domain/time.js';

/** The time for which a request is sent again while the server is out of reach or too busy. */
export const PATIENCE_MS = 60 * SECOND_MS;
/** The waits in between, unless the server says when to come again. */
export const RETRY: BackOff = { minMs: 250, maxMs: 5 * SECOND_MS };
