import fc from 'fast-check';
import { bandwidth, BANDWIDTH } from '../../projections/bandwidth.js';
import { PROJECTIONS } from '../../projections/index.js';
import {
  popularity,
  type MediaDocument,
  type ViewsDocument,
} from '../../projections/popularity.js';
import { sessions } from '../../projections/sessions.js';
import {
  STATS,
  streamingAnalytics,
  type StatsDocument,
} from '../../projections/streaming-analytics.js';
import { isWatched, type PlaybackEvent, type Recorded } from '../../src/domain/event.js';
import { TIME_PERIODS } from '../../src/domain/period.js';
import { KEY_SEPARATOR } from '../../src/domain/document-key.js';
import { dayOf, hourOf } from '../../src/domain/time.js';
import { NOON } from '../support/playback.js';
import { recordedLog, twoLogs } from '../support/playback-histories.js';
import { project, stored } from '../support/project.js';

type Log = readonly Recorded<PlaybackEvent>[];
const RUNS = { numRuns: 150 };
const FEW_RUNS = { numRuns: 30 };

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Documents of one kind. */
const partsOf = (key: string): readonly string[] => key.split(KEY_SEPARATOR);

function ofKind<Document>(documents: Readonly<Record<string, unknown>>, kind: string): Document[] {
  const found = Object.entries(documents).filter(([key]) => partsOf(key)[0] === kind);
  return found.map(([, document]) => document as Document);
}

function inEveryLog(check: (log: Log) => void, runs = RUNS): void {
  fc.assert(fc.property(recordedLog, check), runs);
}

describe('the order in which the events of different sessions come', () => {
  it.each([streamingAnalytics, bandwidth, sessions])(
    'does not matter to any number: $name',
    (projection) => {
      fc.assert(
        fc.property(twoLogs, ([one, other]) => {
          expect(project<object>(projection, one)).toEqual(project<object>(projection, other));
        }),
        RUNS,
      );
    },
  );

  it('does not matter to popularity, but for what rounding makes of it', () => {
    fc.assert(
      fc.property(twoLogs, ([one, other]) => {
        const [a, b] = [project(popularity, one), project(popularity, other)];
        expect(withoutScores(a)).toEqual(withoutScores(b));
        const [scoresOfA, scoresOfB] = [scoresIn(a), scoresIn(b)];
        const differences = scoresOfA.map((score, i) => Math.abs(score - (scoresOfB[i] ?? NaN)));
        expect(Math.max(0, ...differences)).toBeLessThan(1e-7);
      }),
      RUNS,
    );
  });
});

const byKey = (documents: Readonly<Record<string, object>>) =>
  Object.entries(documents).sort(([a], [b]) => (a < b ? -1 : 1));

const withoutScores = (documents: Readonly<Record<string, object>>) =>
  byKey(documents).map(([key, document]) => [key, { ...document, scores: undefined }]);

const scoresIn = (documents: Readonly<Record<string, object>>): readonly number[] =>
  byKey(documents).flatMap(([, document]) => {
    const { scores } = document as Partial<MediaDocument>;
    return scores === undefined ? [] : TIME_PERIODS.map((period) => scores[period]);
  });

describe('nothing is lost or counted twice', () => {
  it('in streaming analytics, by the hour as by the day', () => {
    inEveryLog((log) => {
      const stats = Object.entries(project(streamingAnalytics, log)).filter(
        ([key]) => partsOf(key)[0] === 'stats',
      ) as [string, StatsDocument][];
      const data = log.map((event) => event.data);
      const wanted = {
        views: log.filter(({ type }) => type === 'session_start').length,
        completedViews: data.filter((one) => one.completesViewAt !== undefined).length,
        watchedMs: sum(log.map((one) => (isWatched(one.type) ? (one.data.durationMs ?? 0) : 0))),
        bufferingEvents: log.filter(({ type }) => /^(rebuffer_start|buffering)$/.test(type)).length,
        bytes: sum(data.map(({ bytes = 0 }) => bytes)),
      };
      for (const granularity of ['hour', 'day']) {
        const documents = stats
          .filter(([key]) => partsOf(key)[2] === granularity)
          .map(([, document]) => document);
        const counts = documents.flatMap(({ byQuality }) => Object.values(byQuality));
        expect({
          views: sum(documents.map(({ views }) => views)),
          completedViews: sum(documents.map(({ completedViews }) => completedViews)),
          watchedMs: sum(documents.map(({ watchedMs }) => watchedMs)),
          bufferingEvents: sum(documents.map(({ bufferingEvents }) => bufferingEvents)),
          bytes: sum(counts.map(({ bytes }) => bytes)),
        }).toEqual(wanted);
        expect(sum(counts.map(({ views }) => views))).toBe(wanted.views);
        expect(sum(counts.map(({ watchedMs }) => watchedMs))).toBe(wanted.watchedMs);
      }
    });
  });

  it('in no hour were there more completed views than views', () => {
    inEveryLog((log) => {
      const stats = ofKind<StatsDocument>(project(streamingAnalytics, log), 'stats');
      const surplus = stats.map(({ views, completedViews }) => completedViews - views);
      expect(Math.max(0, ...surplus)).toBe(0);
    });
  });

  it('in bandwidth: every byte, and every view', () => {
    inEveryLog((log) => {
      const documents = Object.values(project(bandwidth, log));
      const all = (field: 'bytes' | 'views'): number =>
        sum(documents.flatMap((document) => Object.values(document[field]).flat()));
      expect(all('bytes')).toBe(sum(log.map(({ data: { bytes = 0 } }) => bytes)));
      expect(all('views')).toBe(log.filter(({ type }) => type === 'session_start').length);
    });
  });

  it('in popularity: every view, by the hour as by the minute', () => {
    inEveryLog((log) => {
      const documents = project(popularity, log);
      const views = log.filter(({ type }) => type === 'session_start').length;
      for (const kind of ['hourly-views', 'minutely-views']) {
        const days = ofKind<ViewsDocument>(documents, kind);
        const buckets = days.flatMap((day) => Object.values(day));
        expect(sum(buckets.flatMap((counts) => Object.values(counts)))).toBe(views);
      }
      const media = new Set(log.map(({ data: { mediaId } }) => mediaId));
      expect(ofKind(documents, 'media')).toHaveLength(media.size);
    });
  });
});

describe('the keys of an event', () => {
  const hours = Array.from({ length: 24 * 6 }, (_, i) => hourOf(NOON) - 24 * 4 + i);
  /** What a fold makes of an event that does not belong to a document. */
  const ELSEWHERE = stored('heartbeat');
  const FAR_KEY = STATS.key('m1', 'hour', 0);
  const days = [...new Set(hours.map((hour) => Math.floor(hour / 24)))];

  it('name every document of streaming analytics that it would change, and no other', () => {
    const nothing = JSON.stringify(streamingAnalytics.evolve(undefined, ELSEWHERE, FAR_KEY));
    inEveryLog((log) => {
      for (const event of log) {
        const { mediaId } = event.data;
        const candidates = [
          ...hours.map((hour) => STATS.key(mediaId, 'hour', hour)),
          ...days.map((day) => STATS.key(mediaId, 'day', day)),
        ];
        const changed = candidates.filter(
          (key) => JSON.stringify(streamingAnalytics.evolve(undefined, event, key)) !== nothing,
        );
        const named = streamingAnalytics.keysOf(event).filter((key) => partsOf(key)[0] === 'stats');
        expect([...named].sort()).toEqual(changed.sort());
      }
    });
  });

  it('name every document of bandwidth that it would change', () => {
    inEveryLog((log) => {
      for (const event of log) {
        const changed = hours
          .map((hour) => BANDWIDTH.key(hour))
          .filter((key) => {
            const document = bandwidth.evolve(undefined, event, key) ?? { bytes: {}, views: {} };
            const numbers = [document.bytes, document.views].flatMap((one) => Object.values(one));
            return numbers.flat().some((number) => number > 0);
          });
        expect(bandwidth.keysOf(event)).toEqual(expect.arrayContaining(changed));
      }
    }, FEW_RUNS);
  });

  it.each(PROJECTIONS)('are each named once: $name', (projection) => {
    inEveryLog((log) => {
      for (const event of log) {
        const keys = projection.keysOf(event);
        expect(new Set(keys).size).toBe(keys.length);
      }
    });
  });

  it('belong to the day of the event, or of the view that it completes', () => {
    inEveryLog((log) => {
      for (const event of log) {
        const { occurredAt, completesViewAt = occurredAt } = event.data;
        const found = streamingAnalytics.keysOf(event).filter((key) => partsOf(key)[2] === 'day');
        const expected = [dayOf(occurredAt), dayOf(completesViewAt)];
        expect(expected).toEqual(
          expect.arrayContaining(found.map((key) => Number(partsOf(key)[3]))),
        );
      }
    });
  });
});
