import type { Projection } from '../src/ports/projection.js';
import { bandwidth } from './bandwidth.js';
import { popularity } from './popularity.js';
import { sessions } from './sessions.js';
import { streamingAnalytics } from './streaming-analytics.js';

/** Every read model that the server keeps. */
export const PROJECTIONS: readonly Projection[] = [
  streamingAnalytics,
  bandwidth,
  popularity,
  sessions,
];
