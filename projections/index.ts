import type { Projection } from '../src/ports/projection.js';
import { bandwidth } from './bandwidth.js';
import { popularity } from './popularity.js';
import { sessions, type SessionSettings } from './sessions.js';
import { streamingAnalytics } from './streaming-analytics.js';

/** Every read model that the server keeps. */
export const PROJECTIONS: readonly Projection[] = [
  streamingAnalytics,
  bandwidth,
  popularity,
  sessions,
];

/** Returns every read model, to be folded with the settings of a node. */
export const projectionsWith = (settings: SessionSettings): readonly Projection[] =>
  PROJECTIONS.map((one) => (one.name === sessions.name ? { ...one, settings } : one));
