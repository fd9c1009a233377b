import {
  answerOf,
  ask,
  askFigures,
  askSeries,
  sendPast,
  type Asked,
} from '../support/asked-figures.js';
import {
  contentsAt,
  eventsAt,
  readModelsAt,
  recomputedFrom,
  startNode,
  untilReady,
} from '../support/distributed.js';
import { withServer } from '../support/e2e.js';
import { describeWithOutsideStores } from '../support/outside-stores.js';
import { until } from '../support/polling.js';
import type { TestServer } from '../support/server.js';
import { harbour, OF_HARBOUR, STORY, STORY_HOUR } from './figures-story.js';

/** What happens later in two sessions of the story that are not over, and in another one. */
const LATER: readonly object[] = [
  harbour('c', '12:32:00', 'SESSION_END', { duration: 10, endReason: 'FAILED' }),
  harbour('f', '12:50:03', 'SESSION_START', { userId: 'ann', startupTime: 3 }),
  harbour('f', '12:50:43', 'HEARTBEAT', { duration: 40 }),
  harbour('i', '12:55:00', 'SESSION_START', { userId: 'ida' }),
];

const QUESTION = {
  range: { ...STORY_HOUR, timeZone: 'Asia/Kathmandu' },
  compare: 'PREVIOUS',
  filter: [{ dimension: 'MEDIA', anyOf: ['harbour'] }],
};
const METRICS = ['VIEWS', 'WATCH_TIME', 'UNIQUE_VIEWERS', 'STARTUP_P95', 'CONCURRENT_VIEWERS_PEAK'];

/** All that a server says of the story. */
async function answersOf(asked: Asked): Promise<unknown> {
  const series = { ...QUESTION, interval: 'QUARTER_HOUR', metrics: METRICS };
  const all = { range: QUESTION.range, compare: 'PREVIOUS' };
  return [
    answerOf(await askFigures(asked, QUESTION)),
    answerOf(await askFigures(asked, all)),
    answerOf(await askSeries(asked, series)),
  ];
}

interface Status {
  readonly owner: string | null;
  readonly lastRebuild: { readonly outcome: string; readonly detail: string | null } | null;
}

async function statusOf({ url }: TestServer): Promise<Status> {
  const query = '{ projections { name owner lastRebuild { outcome detail } } }';
  const all = answerOf(await ask({ url }, query)) as (Status & { name: string })[];
  const found = all.find(({ name }) => name === 'sessions');
  if (found === undefined) throw new Error('there is no read model of sessions');
  return found;
}

await describeWithOutsideStores('figures of two nodes, read models in MongoDB', (stores) => {
  const embedded = withServer();
  test('are those of embedded stores, also after a rebuild and after a takeover', async () => {
    const log = stores.log();
    const database = stores.newDatabase();
    const start = async (): Promise<TestServer> => {
      const node = await startNode({ ...eventsAt(log), ...readModelsAt(database) });
      await untilReady(node);
      return node;
    };
    const [one, two] = [await start(), await start()];

    const expected = await answersOf(await sendPast(embedded.server.url, STORY));
    const { position } = await sendPast(one.url, STORY);
    expect(expected).toMatchObject([{ figures: { peakAt: OF_HARBOUR.peakAt, views: 3 } }, {}, {}]);
    for (const { url } of [one, two]) {
      expect(await answersOf({ url, position })).toEqual(expected);
    }

    const rebuild = 'mutation { rebuildProjection(name: "sessions") { name } }';
    answerOf(await ask({ url: two.url }, rebuild));
    await until(async () => (await statusOf(two)).lastRebuild !== null);
    expect((await statusOf(two)).lastRebuild).toEqual({
      outcome: 'SWITCHED',
      detail: 'the same totals',
    });
    expect(await answersOf({ url: one.url, position })).toEqual(expected);
    expect(await contentsAt(database)).toEqual(await recomputedFrom(log));

    const { owner } = await statusOf(two);
    await one.kill();
    const later = await sendPast(two.url, LATER);
    await until(async () => ![owner, null].includes((await statusOf(two)).owner));
    const expectedLater = await answersOf(await sendPast(embedded.server.url, LATER));
    expect(expectedLater).toMatchObject([{ figures: { views: 5, open: 2 } }, {}, {}]);
    expect(await answersOf(later)).toEqual(expectedLater);
    expect(await contentsAt(database)).toEqual(await recomputedFrom(log));
    expect(await two.stop()).toBe(0);
  });
});
