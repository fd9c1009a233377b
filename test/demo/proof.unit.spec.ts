import { catalogue } from '../../demo/catalogue.js';
import { findMismatches, tallyByMedia } from '../../demo/proof.js';
import type { StreamingEvent } from '../../demo/recordings.js';

const mediaId = catalogue[0]?.mediaId ?? '';
const zeros = {
  totalViews: 0,
  uniqueViewers: 0,
  averageWatchTime: 0,
  qualityDistribution: [],
  bufferingEvents: 0,
  completionRate: 0,
};

function event(eventType: string, rest: Partial<StreamingEvent> = {}): StreamingEvent {
  return { mediaId, eventType, eventId: '1', sessionId: 's', occurredAt: '', ...rest };
}

const events = [
  event('SESSION_START', { userId: 'u1', quality: '720p', bytesLoaded: 2 ** 29 }),
  event('HEARTBEAT', { userId: 'u1', quality: '360p', duration: 30, bytesLoaded: 2 ** 29 }),
  event('REBUFFER_START', { userId: 'u1' }),
  event('REBUFFER_END', { userId: 'u1', duration: 9 }),
  event('SESSION_END', { userId: 'u1', duration: 10, endReason: 'ENDED' }),
  event('SESSION_START', { sessionId: 't' }),
  event('SESSION_END', { sessionId: 't', endReason: 'QUIT' }),
];

const right = {
  streams: [{ mediaId, title: '', viewCount: 2, quality: 'MEDIUM', popularity: 2 }],
  totalCount: 1,
  analytics: new Map([
    ...catalogue.map((title) => [title.mediaId, zeros] as const),
    [
      mediaId,
      {
        ...zeros,
        totalViews: 2,
        uniqueViewers: 1,
        averageWatchTime: 20,
        bufferingEvents: 1,
        completionRate: 0.5,
      },
    ] as const,
  ]),
  bandwidth: {
    totalGB: 1,
    peakMbps: 0,
    avgMbps: 0,
    cost: 0,
    byQuality: [
      { quality: 'LOW', totalGB: 0.5, percentage: 50 },
      { quality: 'MEDIUM', totalGB: 0.5, percentage: 50 },
    ],
    byHour: [{ hour: '', totalGB: 1, peakMbps: 0 }],
  },
};

describe('the proof', () => {
  it('counts what was sent', () => {
    expect(tallyByMedia(events).get(mediaId)).toEqual({
      views: 2,
      viewers: new Set(['u1']),
      completions: 1,
      bufferingEvents: 1,
      watchedSeconds: 40,
    });
  });

  it('finds nothing where the server says what was sent', () => {
    expect(findMismatches(events, right)).toEqual([]);
  });

  it.each([
    ['totalViews', 3, 'views'],
    ['uniqueViewers', 2, 'unique viewers'],
    ['averageWatchTime', 20.01, 'average watch time'],
    ['bufferingEvents', 2, 'buffering events'],
    ['completionRate', 0.51, 'completion rate'],
  ])('finds a wrong %s', (field, value, name) => {
    const analytics = new Map(right.analytics);
    analytics.set(mediaId, { ...(analytics.get(mediaId) ?? zeros), [field]: value });
    const [mismatch, ...others] = findMismatches(events, { ...right, analytics });
    expect(mismatch).toContain(`${mediaId}: ${name}: the server says ${String(value)}`);
    expect(others).toEqual([]);
  });

  it('finds a byte too few', () => {
    const bandwidth = { ...right.bandwidth, totalGB: 1 - 1 / 2 ** 29 };
    expect(findMismatches(events, { ...right, bandwidth })).toHaveLength(1);
  });

  it('finds titles that are missing or in the wrong order', () => {
    expect(findMismatches(events, { ...right, totalCount: 0 })).toHaveLength(1);
    const [stream] = right.streams;
    const streams = [{ ...stream, popularity: 1 }, stream] as typeof right.streams;
    expect(findMismatches(events, { ...right, streams })).toEqual([
      'popular streams: not in order',
    ]);
  });
});
