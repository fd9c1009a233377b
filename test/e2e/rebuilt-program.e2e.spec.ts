import { cpSync, symlinkSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf, sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** A server that runs from a build of its own. */
const folder = temporaryFolder();
const record = join(folder, 'dist', 'tsconfig.build.tsbuildinfo');
let server: TestServer;
beforeAll(async () => {
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  for (const file of ['launch.cjs', 'package.json']) cpSync(file, join(folder, file));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  server = await startServer(join(folder, 'data'), {}, join(folder, 'dist', 'src', 'main.js'));
});
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

const ask = (mutation: string): Promise<GraphqlAnswer> =>
  sendGraphql(server.url, { query: `mutation { ${mutation} { name } }` });
const REBUILD = 'rebuildProjection(name: "bandwidth")';
const VERIFY = 'verifyProjection(name: "bandwidth")';

describe('a server whose program is built anew under it', () => {
  it('folds and verifies as before while the build is the same', async () => {
    for (const mutation of [REBUILD, VERIFY]) expect((await ask(mutation)).errors).toEqual([]);
    const client = new ApiClient(server.url);
    await until(async () => {
      const [bandwidth] = (await client.projections()).filter(({ name }) => name === 'bandwidth');
      return bandwidth?.state === 'LIVE';
    });
  });

  it('starts no thread with code of another build, says so, and goes on', async () => {
    utimesSync(record, new Date(), new Date());
    for (const mutation of [REBUILD, VERIFY, 'rollBackProjection(name: "bandwidth")']) {
      const answer = await ask(mutation);
      expect(codeOf(answer)).toBe('CONFLICT');
      expect(answer.text).toContain('built anew since this server started');
    }
    const client = new ApiClient(server.url);
    await client.recordAll([{ mediaId: 'm', eventType: 'SESSION_START' }]);
    expect((await client.bandwidth('HOUR')).totalGB).toBe(0);
    expect(await server.stop()).toBe(0);
  });
});
