import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { send, sendEvents } from '../support/http.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const EVENT = { mediaId: 'm', eventType: 'BUFFERING', sessionId: 's' };

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await endLeftovers();
  removeFolder(folder);
});

const logFiles = (): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('events.db'));

test('a log that is deleted under a server takes no further event, and is refused at the next start', async () => {
  const server = await startServer(folder);
  expect((await sendEvents(server.url, [{ ...EVENT, eventId: 'stored' }])).status).toBe(202);
  for (const name of logFiles()) rmSync(join(folder, name));
  // The second time it is not taken for a repetition of what the first one wrote.
  for (const round of ['first', 'again']) {
    const { status, json } = await sendEvents(server.url, [{ ...EVENT, eventId: 'lost' }]);
    expect([round, status, json.code]).toEqual([round, 503, 'STORE_UNAVAILABLE']);
  }
  expect((await send(`${server.url}/health/ready`)).status).toBe(503);
  await server.stop();
  await expect(startServer(folder)).rejects.toThrow('put it back, or restore a backup');
});

test('a log that is put back takes events again, and has lost none that was acknowledged', async () => {
  const server = await startServer(folder);
  expect((await sendEvents(server.url, [{ ...EVENT, eventId: 'one' }])).status).toBe(202);
  const away = temporaryFolder();
  const names = logFiles();
  for (const name of names) renameSync(join(folder, name), join(away, name));
  const kept = sendEvents(server.url, [{ ...EVENT, eventId: 'two' }]);
  expect((await kept).status).toBe(503);
  for (const name of names) renameSync(join(away, name), join(folder, name));
  removeFolder(away);
  expect((await sendEvents(server.url, [{ ...EVENT, eventId: 'two' }])).status).toBe(202);
  await server.stop();
  const again = await startServer(folder);
  const answer = await sendEvents(again.url, [
    { ...EVENT, eventId: 'one' },
    { ...EVENT, eventId: 'two' },
  ]);
  expect(answer.json).toMatchObject({ accepted: 0, duplicates: 2 });
});
