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
const SAYS = /sessions is folded from the start of the log: its settings changed: (.*)/;

/** Starts a server with a setting, waits until nothing is rebuilt, and looks at its read model. */
async function generationWith(seconds: string, mayHave: (generation: number) => boolean) {
  const server = await startServer(folder, { QUALIFIED_VIEW_SECONDS: seconds });
  const client = new ApiClient(server.url);
  await client.recordAll([{ mediaId: 'm', eventType: 'SESSION_START' }]);
  let generation = NaN;
  await until(async () => {
    const { data } = await sendGraphql(server.url, { query: PROJECTIONS });
    const all = data?.projections as readonly Projection[];
    const sessions = all.find(({ name }) => name === 'sessions');
    generation = sessions?.generation ?? NaN;
    return sessions?.state === 'LIVE' && mayHave(generation);
  });
  const { data } = await sendGraphql(server.url, { query: VERIFY });
  expect(await server.stop()).toBe(0);
  const said = server.process.stdout.flatMap((line) => SAYS.exec(line)?.[1] ?? []);
  return { generation, verified: data?.verifyProjection, said };
}

test('a changed QUALIFIED_VIEW_SECONDS folds the sessions anew, once', async () => {
  const first = await generationWith('30', () => true);
  expect(first).toMatchObject({ verified: { documents: 1, differing: 0 }, said: [] });
  const second = await generationWith('2.5', (generation) => generation > first.generation);
  expect(second).toMatchObject({ verified: { documents: 2, differing: 0 } });
  expect(second.said).toEqual([expect.stringContaining('qualifiedViewMs 30000 -> 2500')]);
  const third = await generationWith('2.5', () => true);
  expect(third).toMatchObject({ verified: { documents: 3, differing: 0 }, said: [] });
  expect(third.generation).toBe(second.generation);
});
