import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decodeEvent, UndecodableEvent } from '../../src/domain/event-codec.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { ApiClient } from '../support/api-client.js';
import {
  contentsAt,
  eventsAt,
  eventsIn,
  readModelsAt,
  recomputedFrom,
  startNode,
  type RemoteLog,
} from '../support/distributed.js';
import { DoubleProcess } from '../support/eventstoredb/double-process.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { ReadinessWatch } from '../support/readiness-watch.js';
import { endLeftovers, withResolvers, type TestServer } from '../support/server.js';
import { audienceOf, type Audience } from './audience.js';
import { expectFigures } from './figures.js';
import { Outbox } from './outbox.js';

const CLIENTS = 8;
/** What memory may grow to, as garbage takes its time to be collected. */
const MEMORY_GROWTH_MAX = 1.5;
const BYTES_PER_KIB = 1_024;

const running = new Set<Trial>();

/** Ends what failed tests have left running; for the end of a test file. */
export async function endTrials(): Promise<void> {
  for (const trial of running) await trial.end();
}

/** A part of a server that its readiness may call down. */
type Trouble = 'eventStore' | 'readModels' | 'server';

/** A part of the audience that plays. */
interface Act {
  /** Resolves when some of its requests are acknowledged, and most are still to come. */
  readonly isUnderWay: Promise<unknown>;
  /** Resolves when all of them are acknowledged. */
  readonly isOver: Promise<unknown>;
}

export interface TrialOptions {
  readonly mongodbUrl: string;
  /** The audience plays in so many parts of equal size. */
  readonly acts: number;
  readonly sessions: number;
}

/**
 * Nodes that share an EventStoreDB and a MongoDB, and a seeded audience that sends each request
 * until a node acknowledges it, whatever fails meanwhile.
 */
export class Trial {
  readonly random: SeededRandom;
  /** The nodes that the audience plays to. */
  readonly nodes: TestServer[] = [];
  private readonly audience: Audience;
  readonly log: RemoteLog;
  private readonly watches = new Map<TestServer, ReadinessWatch>();
  /** The most that a node took under load before anything failed, in bytes. */
  private memory = 0;
  private actsPlayed = 0;
  private marks = 0;

  private constructor(
    readonly double: DoubleProcess,
    private readonly options: TrialOptions,
  ) {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)}: ${expect.getState().currentTestName ?? ''}`);
    this.random = new SeededRandom(seed);
    this.audience = audienceOf(this.random, options.sessions, `seed ${String(seed)}`);
    this.log = { url: double.url, prefix: 'playhead-' };
  }

  static async start(options: TrialOptions): Promise<Trial> {
    const trial = new Trial(await DoubleProcess.start(), options);
    running.add(trial);
    return trial;
  }

  /** Starts a node that the audience plays to, if need be by a way of its own to MongoDB. */
  async addNode(mongodbUrl = this.options.mongodbUrl): Promise<TestServer> {
    const node = await startNode({ ...eventsAt(this.log), ...readModelsAt(mongodbUrl) });
    this.nodes.push(node);
    this.watches.set(node, new ReadinessWatch(node.url));
    return node;
  }

  /** The audience plays to this node no longer. */
  remove(node: TestServer): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  /** What a node says of its readiness, from its start on. */
  watch(node: TestServer): ReadinessWatch {
    const watch = this.watches.get(node);
    if (watch === undefined) throw new Error('it was not started here');
    return watch;
  }

  /** Lets the first part of the audience play while nothing fails, for a comparison. */
  async begin(): Promise<void> {
    await this.playAct().isOver;
    this.memory = Math.max(...(await Promise.all(this.nodes.map(memoryOf))));
  }

  /** Lets the next part of the audience play. */
  playAct(): Act {
    const { acts } = this.options;
    const { requests } = this.audience;
    const length = Math.ceil(requests.length / acts);
    const first = this.actsPlayed * length;
    this.actsPlayed += 1;
    const outbox = new Outbox(requests.slice(first, first + length), this.random);
    const { promise, resolve } = withResolvers<undefined>();
    const wanted = this.random.whole(1, Math.floor(length / 4));
    outbox.onAcknowledged = () => {
      if (outbox.acknowledgedCount >= wanted) resolve(undefined);
    };
    const isOver = outbox.deliver(() => this.nodes.map(({ url }) => url), CLIENTS);
    // Whoever waits for the beginning hears of a refusal, too.
    return { isUnderWay: Promise.race([promise, isOver]), isOver };
  }

  /**
   * Nothing is left of what failed: every event counts once, the nodes take no more memory than
   * before, and once ready they never called anything down but the named parts.
   */
  async expectUnharmed(troubles: readonly Trouble[]): Promise<void> {
    expect(this.actsPlayed).toBe(this.options.acts);
    await this.expectCountedOnce();
    for (const node of this.nodes) {
      await until(async () => (await memoryOf(node)) <= MEMORY_GROWTH_MAX * this.memory);
    }
    for (const [node, { sights }] of this.watches) {
      const began = sights.findIndex(({ status }) => status === 200);
      // One that was killed may not have come so far.
      if (began < 0 && !this.nodes.includes(node)) continue;
      expect(began).toBeGreaterThanOrEqual(0);
      const told = new Set(sights.slice(began).flatMap((sight) => sight.troubles));
      expect([...told].filter((one) => !troubles.some((trouble) => trouble === one))).toEqual([]);
    }
  }

  /**
   * Every event that was acknowledged counts exactly once, and nothing else does: in the log, in
   * the answers of every node, and in every read model, byte for byte.
   */
  private async expectCountedOnce(): Promise<void> {
    for (const node of this.nodes) {
      await until(async () => (await fetch(`${node.url}/health/ready`)).status === 200);
      const client = new ApiClient(node.url);
      await this.mark(client);
      await expectFigures(client, this.audience.expected);
    }
    const events = (await eventsIn(this.log)).filter(isOfMedia);
    const ids = events.map(({ stream, data }) => `${stream} ${String(data.eventId)}`);
    expect(new Set(ids).size).toBe(ids.length);
    const sent = this.audience.requests.reduce((sum, { length }) => sum + length, 0);
    expect(ids).toHaveLength(sent + this.marks);
    const contents = await contentsAt(this.options.mongodbUrl);
    expect(contents).toEqual(await recomputedFrom(this.log));
  }

  /** How long it takes now until what a node is told counts in its answers, in seconds. */
  async secondsUntilCounted({ url }: TestServer): Promise<number> {
    const from = performance.now();
    await this.mark(new ApiClient(url));
    return (performance.now() - from) / 1_000;
  }

  /** Every node ends in order. */
  async stop(): Promise<void> {
    await this.stopWatching();
    for (const node of this.nodes.splice(0)) expect(await node.stop()).toBe(0);
    await this.end();
  }

  /** Ends what is left. */
  async end(): Promise<void> {
    running.delete(this);
    await endLeftovers();
    await this.stopWatching();
    await this.double.stop();
  }

  private async stopWatching(): Promise<void> {
    for (const watch of this.watches.values()) await watch.stop();
  }

  /** Its position is that of the last event: whoever has passed it has passed them all. */
  private async mark(client: ApiClient): Promise<void> {
    this.marks += 1;
    await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    await until(() => hasCaughtUp(client));
  }
}

/** Whether all read models are as far as what the client has written. */
async function hasCaughtUp(client: ApiClient): Promise<boolean> {
  const { errors } = await client.send('popularStreams', { first: 1 });
  const { errors: more } = await client.send('bandwidthUsage', { period: 'HOUR' });
  return errors.length + more.length === 0;
}

/** Resident memory of a server, in bytes. */
async function memoryOf({ process: { child } }: TestServer): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]);
  return Number(stdout) * BYTES_PER_KIB;
}

/** Neither the log's own word nor what a test put in that nobody can read. */
function isOfMedia(stored: StoredEvent): boolean {
  try {
    return 'mediaId' in decodeEvent(stored).data;
  } catch (error) {
    if (error instanceof UndecodableEvent) return false;
    throw error;
  }
}
