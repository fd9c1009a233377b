import { eventsAt, readModelsAt, startNode } from '../support/distributed.js';
import { EventStoreDbDouble } from '../support/eventstoredb/eventstoredb-double.js';
import { describeWithMongod, newDatabaseName, ReplicaSet } from '../support/mongod.js';
import { until } from '../support/polling.js';
import { endLeftovers } from '../support/server.js';

await describeWithMongod('a read model that lags by more than LAG_MAX_SECONDS', (binary) => {
  let servers: ReplicaSet;
  let double: EventStoreDbDouble;
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
    servers = await ReplicaSet.start(binary);
  });
  afterAll(async () => {
    servers.signal('SIGCONT');
    await endLeftovers();
    await servers.stop();
    double.down();
  });

  test('holds events back, by every way that they come, until it has caught up', async () => {
    const { url } = await startNode({
      ...eventsAt({ url: double.url, prefix: 'lag-' }),
      ...readModelsAt(servers.url(newDatabaseName())),
      LAG_MAX_SECONDS: '2',
    });
    const send = (path: string, body: object): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const event = { mediaId: 'm', eventType: 'BUFFERING' };
    const record = (): Promise<Response> => send('/events', event);
    await until(async () => (await record()).status === 202);
    await until(async () => (await fetch(`${url}/health/ready`)).status === 200);

    servers.signal('SIGSTOP');
    // Of what is taken in from now on nothing is folded.
    await until(async () => (await record()).status === 503);
    const refused = await record();
    const heldBack = { code: 'OVERLOADED', reason: 'lagging' };
    expect(await refused.json()).toMatchObject(heldBack);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const query =
      'mutation { recordStreamingEvent(input: {mediaId: "m", eventType: BUFFERING}) {position} }';
    const mutation = await send('/graphql', { query });
    expect(mutation.status).toBe(503);
    expect(Number(mutation.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await mutation.json()).toMatchObject({ errors: [{ extensions: heldBack }] });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^playhead_shed_requests_total\{reason="lagging"\} [1-9]/m);

    servers.signal('SIGCONT');
    await until(async () => (await record()).status === 202);
  });
});
