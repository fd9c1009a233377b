import { HOUR_MS } from '../../src/domain/time.js';
import { sendGraphql } from '../support/graphql.js';
import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

interface Projection {
  readonly name: string;
  readonly state: string;
  readonly generation: number | null;
}
const PROJECTIONS = '{ projections { name state generation } }';
const VERIFY = 'mutation { verifyProjection(name: "sessions") { documents differing } }';
/** In the middle of an hour, so that all sessions count in the same sums. */
const AT = Math.floor(Date.now() / HOUR_MS - 2) * HOUR_MS + HOUR_MS / 2;
/** The sums of all titles and of one, by hour and day; and of the minutes by hour. */
const SUMS = 6;
const range = { from: new Date(AT).toISOString(), to: new Date(AT + 1).toISOString() };
const FIGURES =
  '($range: RangeInput!) { figures(range: $range) { figures { views qualifiedViews } } }';
const SAYS = /sessions is folded from the start of the log: its settings changed: (.*)/;

/** Starts a server with a setting, waits until nothing is rebuilt, and looks at its read model. */
async function generationWith(seconds: string, mayHave: (generation: number) => boolean) {
  const server = await startServer(folder, { QUALIFIED_VIEW_SECONDS: seconds });
  const client = new ApiClient(server.url);
  const occurredAt = new Date(AT).toISOString();
  await client.recordAll([{ mediaId: 'm', eventType: 'SESSION_START', duration: 10, occurredAt }]);
  let generation = NaN;
  await until(async () => {
    const { data } = await sendGraphql(server.url, { query: PROJECTIONS });
    const all = data?.projections as readonly Projection[];
    const sessions = all.find(({ name }) => name === 'sessions');
    generation = sessions?.generation ?? NaN;
    return sessions?.state === 'LIVE' && mayHave(generation);
  });
  const { data } = await sendGraphql(server.url, { query: VERIFY });
  const asked = await sendGraphql(server.url, { query: `query${FIGURES}`, variables: { range } });
  expect(await server.stop()).toBe(0);
  const said = server.process.stdout.flatMap((line) => SAYS.exec(line)?.[1] ?? []);
  const { figures } = asked.data?.figures as { readonly figures: unknown };
  return { generation, verified: data?.verifyProjection, said, figures };
}

test('a changed QUALIFIED_VIEW_SECONDS folds the sessions anew, once', async () => {
  const first = await generationWith('30', () => true);
  expect(first).toMatchObject({ verified: { documents: SUMS + 1, differing: 0 }, said: [] });
  expect(first.figures).toEqual({ views: 1, qualifiedViews: 0 });
  const second = await generationWith('2.5', (generation) => generation > first.generation);
  expect(second).toMatchObject({ verified: { documents: SUMS + 2, differing: 0 } });
  expect(second.figures).toEqual({ views: 2, qualifiedViews: 2 });
  expect(second.said).toEqual([expect.stringContaining('qualifiedViewMs 30000 -> 2500')]);
  const third = await generationWith('2.5', () => true);
  expect(third).toMatchObject({ verified: { documents: SUMS + 3, differing: 0 }, said: [] });
  expect(third.figures).toEqual({ views: 3, qualifiedViews: 3 });
  expect(third.generation).toBe(second.generation);
});
