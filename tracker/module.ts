import type { createTracker as CreateTracker } from './playhead.module.js';
import { PARTS } from './parts.js';
import { Tracker } from './tracker.js';

/** For bundlers: the tracker as a page's own script makes it. */
export const createTracker: typeof CreateTracker = (options) => new Tracker(options, PARTS);
