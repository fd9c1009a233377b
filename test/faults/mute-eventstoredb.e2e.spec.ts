import { SeededRandom, seedsOfRun } from '../support/random.js';
import { endLeftovers } from '../support/server.js';
import { audienceOf } from './audience.js';
import { EventStoreDbPlay } from './eventstoredb-play.js';
import { Outbox } from './outbox.js';

/** How many seeds; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const SESSIONS = 200;
const BACK_MS_MAX = 15_000;

afterAll(endLeftovers);

/** How connections come to carry nothing: those that there are, and the next ones. */
const FAULTS = {
  'the open ones': ({ proxy }: EventStoreDbPlay) => {
    proxy.goMute();
  },
  'the open ones, and the next': ({ proxy }: EventStoreDbPlay) => {
    proxy.muteNext(1);
    proxy.goMute();
  },
  'the first two after a cut': ({ proxy }: EventStoreDbPlay) => {
    proxy.muteNext(2);
    proxy.cut();
  },
} as const;
const KINDS = [
  'the open ones',
  'the open ones, and the next',
  'the first two after a cut',
] as const;

describe('connections to EventStoreDB carry nothing, under load', () => {
  test.each(seedsOfRun(ROUNDS))(
    'FAULT_SEED=%i: it writes again soon, and every event counts once',
    async (seed) => {
      const random = new SeededRandom(seed);
      const play = await EventStoreDbPlay.start();
      try {
        const folder = play.newFolder();
        await (await play.addNode(folder)).stop();
        const node = await play.addNode();
        const { requests, expected } = audienceOf(random, SESSIONS, `seed ${String(seed)}`);
        const outbox = new Outbox(requests, random);
        const act = play.deliver(node, outbox, random.whole(1, requests.length / 2));
        await act.isUnderWay;
        const kind = random.pick(KINDS);
        FAULTS[kind](play);
        const backMs = await play.msUntilWritten(node);
        console.log(`FAULT_SEED=${String(seed)}: ${kind}; written after ${backMs.toFixed(0)} ms`);
        expect(backMs).toBeLessThan(BACK_MS_MAX);
        await act.isOver;
        for (const one of [node, await play.addNode(folder), await play.addNode()]) {
          await play.expectExact(one, expected);
        }
        expect(await node.stop()).toBe(0);
      } finally {
        await play.end();
      }
    },
  );
});
