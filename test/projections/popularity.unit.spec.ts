import {
  HOURLY_VIEWS,
  LAST_VIEW_AT,
  CREATED_AT,
  MEDIA,
  MINUTELY_VIEWS,
  popularity,
  rankIndex,
  type MediaDocument,
} from '../../projections/popularity.js';
import { popularityAt } from '../../src/domain/decayed-score.js';
import type { Recorded } from '../../src/domain/event.js';
import { halfLifeMs, TIME_PERIODS } from '../../src/domain/period.js';
import { DAY_MS, dayOf, HOUR_MS, hourOf, MINUTE_MS } from '../../src/domain/time.js';
import { RETIRES_AT } from '../../src/ports/projection.js';
import { NOON } from '../support/playback.js';
import { logCreated, project, registered, stored } from '../support/project.js';

const YEAR_MS = 365.25 * DAY_MS;
const documentsOf = (...events: readonly Recorded[]) => project(popularity, events);
function mediaOf(events: readonly Recorded[], mediaId = 'm1'): MediaDocument {
  const document = documentsOf(...events)[MEDIA.key(mediaId)];
  if (document === undefined) throw new Error(`nothing is known of ${mediaId}`);
  return document as MediaDocument;
}
const view = (occurredAt: number, mediaId = 'm1') =>
  stored('session_start', { mediaId, occurredAt });

describe('the views of a media item', () => {
  it('are counted by the hours of their day and the minutes of their hour, by quality', () => {
    const documents = documentsOf(
      stored('session_start', { quality: 'HIGH' }),
      stored('session_start', { quality: 'HIGH', occurredAt: NOON + MINUTE_MS }),
      stored('session_start', { quality: 'LOW', occurredAt: NOON + HOUR_MS }),
    );
    expect(documents[HOURLY_VIEWS.key('m1', dayOf(NOON))]).toEqual({
      12: { HIGH: 2 },
      13: { LOW: 1 },
    });
    expect(documents[MINUTELY_VIEWS.key('m1', hourOf(NOON))]).toEqual({
      0: { HIGH: 1 },
      1: { HIGH: 1 },
    });
    expect(documents[MINUTELY_VIEWS.key('m1', hourOf(NOON) + 1)]).toEqual({ 0: { LOW: 1 } });
  });

  it('that come late land in the documents of their own day and hour', () => {
    const late = NOON - 30 * DAY_MS;
    const documents = documentsOf(view(NOON), view(late));
    expect(documents[HOURLY_VIEWS.key('m1', dayOf(late))]).toEqual({ 12: { MEDIUM: 1 } });
    expect(documents[MINUTELY_VIEWS.key('m1', hourOf(late))]).toEqual({ 0: { MEDIUM: 1 } });
  });

  it.each(['session_end', 'heartbeat', 'rebuffer_start', 'quality_reported'] as const)(
    'are not the %s of a session',
    (type) => {
      expect(Object.keys(documentsOf(stored(type)))).toEqual([MEDIA.key('m1')]);
      expect(mediaOf([stored(type)])).toEqual({ mediaId: 'm1', createdAt: NOON });
    },
  );
});

describe('a media item', () => {
  it('is as old as its registration or its first event, whichever is earlier', () => {
    const events = [
      stored('heartbeat', { occurredAt: NOON }),
      registered('m1', 'A title', NOON + 5),
      view(NOON - 7),
      stored('heartbeat', { occurredAt: NOON - 9 }),
    ];
    expect(mediaOf(events).createdAt).toBe(NOON - 9);
    expect(mediaOf([...events].reverse()).createdAt).toBe(NOON - 9);
    expect(mediaOf([view(NOON), registered('m1', 'A title', NOON - 1)]).createdAt).toBe(NOON - 1);
  });

  it('has the description that was registered last, and keeps its views', () => {
    const full = { title: 'First', thumbnail: 'https://example.org/1.jpg', durationMs: 5 };
    const first: Recorded = {
      type: 'media_registered',
      data: { mediaId: 'm1', occurredAt: NOON, ...full },
      recordedAt: NOON,
    };
    expect(mediaOf([first, view(NOON)]).description).toEqual(full);
    const media = mediaOf([first, view(NOON), registered('m1', 'Second')]);
    expect(media.description).toEqual({ title: 'Second' });
    expect(media.lastViewAt).toBe(NOON);
  });

  it('has the time of its latest view, whenever that came', () => {
    expect(mediaOf([view(NOON), view(NOON - 5), view(NOON - 1)]).lastViewAt).toBe(NOON);
    expect(mediaOf([view(NOON - 5), view(NOON)]).lastViewAt).toBe(NOON);
  });

  it('without a view is in no list but that of all media', () => {
    const media = mediaOf([registered('m1', 'A title'), stored('heartbeat')]);
    expect(media).not.toHaveProperty('scores');
    expect(media).not.toHaveProperty('lastViewAt');
    expect(popularity.indexValuesOf(media, MEDIA.key('m1'))).toEqual({
      [CREATED_AT]: NOON,
    });
  });

  it('with a view is in the list of every period, and found by the time of it', () => {
    const media = mediaOf([view(NOON)]);
    const values = popularity.indexValuesOf(media, MEDIA.key('m1'));
    expect(Object.keys(values).sort()).toEqual(
      [CREATED_AT, LAST_VIEW_AT, ...TIME_PERIODS.map(rankIndex)].sort(),
    );
    expect(values[LAST_VIEW_AT]).toBe(NOON);
    expect(Object.keys(values).every((name) => popularity.indexes.includes(name))).toBe(true);
  });

  it('is never forgotten, while its views are after their day or hour', () => {
    const media = mediaOf([view(NOON)]);
    expect(popularity.indexValuesOf(media, MEDIA.key('m1'))).not.toHaveProperty(RETIRES_AT);
    const retiresAt = (key: string) => popularity.indexValuesOf({}, key)[RETIRES_AT];
    expect(retiresAt(HOURLY_VIEWS.key('m1', dayOf(NOON)))).toBe(NOON + 12 * HOUR_MS);
    expect(retiresAt(MINUTELY_VIEWS.key('m1', hourOf(NOON)))).toBe(NOON + HOUR_MS);
  });
});

describe('popularity', () => {
  it('is the views, each halved with every half-life of its age', () => {
    const views = [0, 0, 1, 3].map((halfLives) => view(NOON - halfLives * halfLifeMs('WEEK')));
    const score = mediaOf(views).scores?.WEEK ?? NaN;
    expect(popularityAt(score, NOON, halfLifeMs('WEEK'))).toBeCloseTo(1 + 1 + 0.5 + 0.125, 6);
  });

  it.each(TIME_PERIODS)('over a %s orders rightly with views years apart', (period) => {
    const crowd = Array.from({ length: 500 }, () => view(NOON - 10 * YEAR_MS, 'once loved'));
    const events = [...crowd, view(NOON, 'new'), view(NOON - 10 * YEAR_MS, 'never loved')];
    const rankIn = (mediaId: string): number => {
      const media = mediaOf(events, mediaId);
      return popularity.indexValuesOf(media, MEDIA.key(mediaId))[rankIndex(period)] ?? NaN;
    };
    expect(rankIn('new')).toBeLessThan(rankIn('once loved'));
    expect(rankIn('once loved')).toBeLessThan(rankIn('never loved'));
  });

  it('of one media item is not changed by the views of another', () => {
    const alone = mediaOf([view(NOON)]);
    expect(mediaOf([view(NOON, 'm2'), view(NOON), view(NOON, 'm2')])).toEqual(alone);
  });
});

describe('what is not about media', () => {
  it('makes no document', () => {
    expect(documentsOf(logCreated)).toEqual({});
  });
});
