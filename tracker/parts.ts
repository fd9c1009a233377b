import { adapted } from './adapters.js';
import { merged } from './merged.js';
import { say } from './say.js';
import { openStore } from './store.js';
import type { Parts } from './tracker.js';
import { words } from './words.js';

/** All that the core may do without. */
export const PARTS: Parts = { adapt: adapted, merge: merged, openStore };
say.words = words;
