import { answerOf, ask, askFigures, sendPast, type Asked } from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';

const under = withServer();
let asked: Asked;

/** The figures of one title. */
async function over(mediaId: string, from: string, to: string): Promise<object> {
  const filter = [{ dimension: 'MEDIA', anyOf: [mediaId] }];
  const report = answerOf(await askFigures(asked, { range: { from, to }, filter }));
  return (report as { readonly figures: object }).figures;
}

describe('what docs/metrics.md says', () => {
  const TEN_MINUTES = 600;

  it('of event time and start time: one session over two hours', async () => {
    const event = (time: string, eventType: string, duration?: number): object => ({
      ...{ mediaId: 'late', sessionId: 's', eventId: time, eventType, duration },
      occurredAt: `2025-03-12T${time}:00Z`,
    });
    asked = await sendPast(under.server.url, [
      event('12:49', 'SESSION_START'),
      event('12:59', 'HEARTBEAT', TEN_MINUTES),
      event('13:20', 'SESSION_END', 2 * TEN_MINUTES),
    ]);
    const hours = ['12', '13', '14'].map((hour) => `2025-03-12T${hour}:00:00.000Z`);
    const [noon = '', one = '', two = ''] = hours;
    const rows = [
      [noon, one, 1, TEN_MINUTES, 3 * TEN_MINUTES],
      [one, two, 0, 0, 0],
      [noon, two, 1, 3 * TEN_MINUTES, 3 * TEN_MINUTES],
    ] as const;
    for (const [from, to, views, averageWatchTime, watchTime] of rows) {
      const query = `{ streamingAnalytics(mediaId: "late", from: "${from}", to: "${to}") {
        totalViews averageWatchTime } }`;
      const lastMs = new Date(Date.parse(to) - 1).toISOString();
      const byEvents = answerOf(await ask(asked, query.replace(to, lastMs)));
      expect(byEvents).toEqual({ totalViews: views, averageWatchTime });
      expect(await over('late', from, to)).toMatchObject({ views, watchTime });
    }
    // By the clock they watched in the second hour, too.
    expect(await over('late', one, two)).toMatchObject({
      ...{ peakConcurrentViewers: 1, peakAt: one, open: 0 },
    });
  });

  it('of a view of an implicit session that another one follows: it is open until the rollup', async () => {
    const event = (time: string, eventType: string): object => ({
      ...{ mediaId: 'implicit', userId: 'eve', eventId: time, eventType },
      occurredAt: `2025-03-13T${time}:00Z`,
    });
    asked = await sendPast(under.server.url, [
      event('10:00', 'SESSION_START'),
      event('11:00', 'SESSION_START'),
      event('11:01', 'SESSION_END'),
    ]);
    const day = ['2025-03-13T00:00:00Z', '2025-03-14T00:00:00Z'] as const;
    expect(await over('implicit', ...day)).toMatchObject({
      ...{ views: 2, open: 1, completionRate: 1 / 2, uniqueViewers: 1, playbackFailureRate: 0 },
    });
  });
});
