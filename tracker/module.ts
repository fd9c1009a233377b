import { adapted } from './adapters.js';
import { openStore } from './store.js';
import { Tracker, type TrackerOptions } from './tracker.js';

/** For bundlers: the tracker as a page's own script makes it. */
export const createTracker = (options: TrackerOptions): Tracker =>
  new Tracker(options, { adapt: adapted, openStore });
