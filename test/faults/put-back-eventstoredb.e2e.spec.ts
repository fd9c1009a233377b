import { SeededRandom, seedsOfRun } from '../support/random.js';
import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { endLeftovers } from '../support/server.js';
import { audienceOf } from './audience.js';
import { EventStoreDbPlay } from './eventstoredb-play.js';
import { Outbox } from './outbox.js';

/** How many seeds; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const SESSIONS = 120;
const BACK_MS_MAX = 15_000;

afterAll(endLeftovers);

describe('EventStoreDB is put back to an older backup under a running node', () => {
  test.each(seedsOfRun(ROUNDS))(
    'FAULT_SEED=%i: what is sent again is stored once, and every node answers exactly',
    async (seed) => {
      const random = new SeededRandom(seed);
      const play = await EventStoreDbPlay.start();
      try {
        const running = await play.addNode();
        const folder = play.newFolder();
        const away = await play.addNode(folder);
        const { requests, expected } = audienceOf(random, SESSIONS, `seed ${String(seed)}`);
        const send = (count: number): Promise<unknown> =>
          play.deliver(running, new Outbox(requests.slice(0, count), random), 1).isOver;

        await send(random.whole(1, requests.length - 1));
        const backup = await play.double.count();
        await send(requests.length);
        if (random.chance(0.5)) await play.msUntilWritten(away);
        await away.stop();
        await play.double.putBackTo(backup);
        // At once, or a while after others wrote: no answer may rest on what is lost.
        const [first, second] = random.chance(0.5) ? [0, 1] : [1, 0];
        const backMs = first === 0 ? await play.msUntilWritten(running) : 0;
        await send(requests.length);
        const laterMs = second === 0 ? await play.msUntilWritten(running) : 0;
        console.log(`FAULT_SEED=${String(seed)}: written after ${String(backMs + laterMs)} ms`);
        expect(backMs + laterMs).toBeLessThan(BACK_MS_MAX);

        await play.expectStored(requests.flat());
        const nodes = [running, await play.addNode(folder), await play.addNode()];
        for (const node of nodes) await play.expectExact(node, expected);
        for (const node of nodes) {
          await play.deliver(node, new Outbox(requests, random), 1).isOver;
        }
        await play.expectStored(requests.flat());
        for (const node of nodes) await play.expectExact(node, expected);
        const told = running.process.stdout.join('\n');
        expect(told.match(/put back to an older state/g) ?? []).toHaveLength(1);
      } finally {
        await play.end();
      }
    },
  );
});

test('a running node appends nothing to a log that took the place of its own', async () => {
  const play = await EventStoreDbPlay.start();
  try {
    const running = await play.addNode();
    const client = new ApiClient(running.url);
    const input = (i: number) => ({
      mediaId: 'm',
      eventId: `e${String(i)}`,
      eventType: 'HEARTBEAT',
    });
    await client.recordAll([input(1), input(2)]);
    const ready = async (): Promise<{ readonly status: number; readonly text: string }> => {
      const answer = await fetch(`${running.url}/health/ready`);
      return { status: answer.status, text: await answer.text() };
    };
    await until(async () => (await ready()).status === 200);

    await play.double.putBackTo(0);
    await until(async () => (await ready()).text.includes('holds another log'));
    expect((await ready()).status).toBe(503);
    await expect(client.recordAll([input(3)])).rejects.toThrow('STORE_UNAVAILABLE');
    expect(await play.double.count()).toBe(0);
  } finally {
    await play.end();
  }
});
