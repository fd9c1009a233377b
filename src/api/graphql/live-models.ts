/** The schema types of the answer who watches now. */

import { Float, Int } from '@nestjs/graphql';
import type { LiveCount, LiveMedia, LiveSnapshot } from '../../queries/live/live.query.js';
import { StreamType } from './models.js';
import { objectType } from './object-type.js';
import { Freshness } from './projection-models.js';
import { Time } from './scalars.js';

export const LiveMediaType = objectType<LiveMedia>('LiveMedia', {
  media: [() => StreamType],
  viewers: [() => Int],
});

export const LiveCountType = objectType<LiveCount>('LiveCount', {
  value: [() => String, { description: 'Empty: not known.' }],
  label: [() => String, { description: "A title, a country's English name; else the value." }],
  viewers: [() => Int],
});

/** A snapshot in the form of the API, whose lists are resolved by their arguments. */
export interface ToldSnapshot extends Omit<LiveSnapshot, 'freshness'> {
  readonly freshness: Freshness;
}

export const LiveSnapshotType = objectType<Omit<ToldSnapshot, 'media' | 'by'>>('LiveSnapshot', {
  at: [() => Time],
  viewers: [
    () => Int,
    { description: 'Views under way, not paused, heard of within LIVE_WINDOW_SECONDS.' },
  ],
  stalling: [() => Int, { description: 'Those of them that wait for more to play.' }],
  mbps: [() => Float, { description: 'Of the last full minute, in Mbps (10^6 bit/s).' }],
  startsLastMinute: [() => Int, { description: 'Views that started within 60 seconds.' }],
  failuresLastMinute: [
    () => Int,
    { description: 'Views that failed, and attempts that failed to start, within 60 seconds.' },
  ],
  perMinute: [
    () => [Int],
    { description: 'Sessions watched or stalled in each of 60 minutes, the one under way last.' },
  ],
  peakToday: [() => Int, { description: 'The most of them in a minute of today.' }],
  peakTodayAt: [() => Time, { nullable: true, description: 'The first minute of the peak.' }],
  sampled: [
    () => Float,
    { description: 'The share of viewers that the minutes are counted from; 1: all, and exact.' },
  ],
  freshness: [() => Freshness],
});
