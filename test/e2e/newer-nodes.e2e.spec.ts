import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { ApiClient } from '../support/api-client.js';
import { testNames } from '../support/test-log.js';
import { appendStored } from '../support/event-logs.js';
import { sendGraphql } from '../support/graphql.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** Puts an event of tomorrow's into one session, after tomorrow's node has announced it. */
async function writeAsTomorrow(): Promise<void> {
  const store = await EmbeddedEventStore.open(join(folder, 'events.db'));
  const now = { recordedAt: Date.now(), version: 1 };
  const announcement = { type: 'vocabulary_extended', data: { vocabulary: { ad_break: 1 } } };
  await appendStored(store, testNames.meta(), { id: randomUUID(), ...now, ...announcement });
  const adBreak = { type: 'ad_break', data: { mediaId: 'm1', sessionId: 's1' } };
  await appendStored(store, testNames.playback('m1', 's1'), {
    id: randomUUID(),
    ...now,
    ...adBreak,
  });
  await store.close();
}

const post = (url: string): Promise<Response> =>
  fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ mediaId: 'm1', sessionId: 's1', eventType: 'HEARTBEAT' }]),
  });

test('a session that a newer node wrote is left to it, and all else goes on', async () => {
  const first = await startServer(folder);
  await new ApiClient(first.url).record({
    mediaId: 'm1',
    sessionId: 's1',
    eventType: 'SESSION_START',
  });
  expect(await first.stop()).toBe(0);
  await writeAsTomorrow();

  const server = await startServer(folder);
  const { url } = server;
  const refused = await post(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('a newer node wrote this') as string,
  });
  const input = '{ mediaId: "m1", sessionId: "s1", eventType: HEARTBEAT }';
  const query = `mutation { recordStreamingEvent(input: ${input}) { position } }`;
  expect((await sendGraphql(url, { query })).errors).toMatchObject([
    { extensions: { code: 'STORE_UNAVAILABLE', retryAfterSeconds: 5 } },
  ]);

  const client = new ApiClient(url);
  const beat = { mediaId: 'm1', eventType: 'HEARTBEAT', duration: 10 } as const;
  await client.record({ ...beat, sessionId: 's2' });
  expect(await client.analytics('m1')).toMatchObject({ totalViews: 1, averageWatchTime: 10 });
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    /playhead_projection_newer_events\{projection="bandwidth"\} 1\n/,
  );
  expect(server.process.stdout.join('\n')).toContain('the log holds events of a newer release');
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
});
