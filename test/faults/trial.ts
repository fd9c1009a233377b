import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROJECTIONS } from '../../projections/index.js';
import { decodeEvent, UndecodableEvent } from '../../src/domain/event-codec.js';
import { SECOND_MS } from '../../src/domain/time.js';
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
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { ReadinessWatch, type Stretch } from '../support/readiness-watch.js';
import {
  endLeftovers,
  withResolvers,
  type Environment,
  type TestServer,
} from '../support/server.js';
import { audienceOf, type Audience } from './audience.js';
import { expectFigures } from './figures.js';
import { Outbox } from './outbox.js';

const CLIENTS = 8;
/** What each of them waits between two requests, so that they play on while something fails. */
const PACE_MS = 200;
/** Folding a log anew has the lowest priority: on a busy machine it takes minutes. */
const VERIFYING = { REQUEST_TIMEOUT_SECONDS: '300' };
/** A loss is told within 3 s; and what a busy machine adds. */
const TOLD_MS_MAX = 3_000 + 5_000;
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

/** A node that the audience plays to, or played to. */
interface Watched {
  readonly watch: ReadinessWatch;
  /** Until when the audience played to it, by `performance.now`. */
  playedTo: number;
}

/** A part of the audience that plays. */
interface Act {
  /** Resolves when some of its requests are acknowledged, and most are still to come. */
  readonly isUnderWay: Promise<unknown>;
  /** Resolves when all of them are acknowledged. */
  readonly isOver: Promise<unknown>;
  /** From here on it plays as fast as it can. */
  readonly hurry: () => void;
}

export interface TrialOptions {
  /** What fails, for the table of trials. */
  readonly fault: string;
  readonly mongodbUrl: string;
  /** The audience plays in so many parts of equal size. */
  readonly acts: number;
  /** How often it fails. */
  readonly rounds: number;
  readonly sessions: number;
}

interface NodeOptions {
  /** A way of its own to MongoDB. */
  readonly mongodbUrl?: string;
  readonly environment?: Environment;
  /** The program of another build. */
  readonly main?: string;
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
  private readonly watched = new Map<TestServer, Watched>();
  /** When something failed. */
  private readonly failures: Stretch[] = [];
  /** How long it took others to fold in the place of a node that was gone, in seconds. */
  private readonly takeovers: number[] = [];
  private nodesMax = 0;
  private readonly seed = seedOfRun();
  /** The most that a node took under load before anything failed, in bytes. */
  private memory = 0;
  private actsPlayed = 0;
  private marks = 0;

  private constructor(
    readonly double: DoubleProcess,
    private readonly options: TrialOptions,
  ) {
    const seed = String(this.seed);
    console.log(`FAULT_SEED=${seed}: ${expect.getState().currentTestName ?? ''}`);
    this.random = new SeededRandom(this.seed);
    this.audience = audienceOf(this.random, options.sessions, `seed ${seed}`);
    this.log = { url: double.url, prefix: 'playhead-' };
  }

  static async start(options: TrialOptions): Promise<Trial> {
    const trial = new Trial(await DoubleProcess.start(), options);
    running.add(trial);
    return trial;
  }

  /** Starts a node that the audience plays to. */
  async addNode({ mongodbUrl, environment, main }: NodeOptions = {}): Promise<TestServer> {
    const readModels = readModelsAt(mongodbUrl ?? this.options.mongodbUrl);
    const settings = { ...eventsAt(this.log), ...readModels, ...VERIFYING, ...environment };
    const node = await startNode(settings, main);
    this.watched.set(node, { watch: new ReadinessWatch(node.url), playedTo: Infinity });
    this.bringBack(node);
    return node;
  }

  /** Starts two nodes or three, and lets the first part of the audience play. */
  async beginWithSeveral(): Promise<void> {
    const wanted = this.random.whole(2, 3);
    while (this.nodes.length < wanted) await this.addNode();
    await this.begin();
  }

  /** The audience plays to this node no longer. */
  remove(node: TestServer): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.watchedAt(node).playedTo = performance.now();
  }

  /** The audience plays to this node again. */
  bringBack(node: TestServer): void {
    this.nodes.push(node);
    this.watchedAt(node).playedTo = Infinity;
    this.nodesMax = Math.max(this.nodesMax, this.nodes.length);
  }

  /** What a node says of its readiness, from its start on. */
  watch(node: TestServer): ReadinessWatch {
    return this.watchedAt(node).watch;
  }

  /** Waits until every node says that just this is down. */
  async untilAllDown(trouble: Trouble): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.watch(node).untilDown(trouble)));
  }

  /** Lets the first part of the audience play while nothing fails, for a comparison. */
  async begin(): Promise<void> {
    await this.playAct().isOver;
    this.memory = Math.max(...(await Promise.all(this.nodes.map(memoryOf))));
  }

  /** Lets the next part of the audience play, at a pace of its own if need be. */
  playAct(pauseMs = 0): Act {
    const { acts } = this.options;
    const { requests } = this.audience;
    const length = Math.ceil(requests.length / acts);
    const first = this.actsPlayed * length;
    this.actsPlayed += 1;
    const outbox = new Outbox(requests.slice(first, first + length), this.random);
    outbox.pauseMs = pauseMs;
    const { promise, resolve } = withResolvers<undefined>();
    const wanted = this.random.whole(1, Math.floor(length / 4));
    outbox.onAcknowledged = () => {
      if (outbox.acknowledgedCount >= wanted) resolve(undefined);
    };
    const isOver = outbox.deliver(() => this.nodes.map(({ url }) => url), CLIENTS);
    // Whoever waits for the beginning hears of a refusal, too.
    const isUnderWay = Promise.race([promise, isOver]);
    const hurry = (): void => {
      outbox.pauseMs = 0;
    };
    return { isUnderWay, isOver, hurry };
  }

  /**
   * Lets the next part of the audience play while something fails. It is over when all is
   * acknowledged, and every node counts what it is told and is ready again.
   */
  async playThrough<Result>(fail: () => Promise<Result>): Promise<Result> {
    const act = this.playAct(PACE_MS);
    await act.isUnderWay;
    const from = performance.now();
    const [result] = await Promise.all([fail().finally(act.hurry), act.isOver]);
    for (const node of this.nodes) await this.secondsUntilCounted(node);
    await Promise.all(this.nodes.map((node) => this.watch(node).untilReady()));
    this.failures.push({ from, to: performance.now() });
    return result;
  }

  /**
   * Nothing is left of what failed: every event counts once, the nodes take no more memory than
   * before, and once ready they never called anything down but the named parts, and these only
   * while something failed; nor did one say for long that it was ready and answer nothing. Prints
   * what the trial came to as a row of a table.
   */
  async expectUnharmed(troubles: readonly Trouble[]): Promise<void> {
    expect(this.actsPlayed).toBe(this.options.acts);
    await this.expectCountedOnce();
    for (const node of this.nodes) {
      await until(async () => (await memoryOf(node)) <= MEMORY_GROWTH_MAX * this.memory);
    }
    for (const [node, { watch, playedTo }] of this.watched) {
      // One that was killed may not have come so far.
      if (this.nodes.includes(node)) expect(watch.hasBeenReady).toBe(true);
      const told = watch.troubles({ from: 0, to: Infinity });
      expect(told.filter((one) => !troubles.some((trouble) => trouble === one))).toEqual([]);
      for (const calm of this.calmUntil(playedTo)) expect(watch.troubles(calm)).toEqual([]);
      expect(watch.untold(TOLD_MS_MAX, playedTo)).toEqual([]);
    }
    await this.tell();
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

  /** Where nothing failed while the audience played to a node: not even what is told late. */
  private calmUntil(playedTo: number): readonly Stretch[] {
    const ends = [...this.failures.map(({ from }) => from), Infinity];
    const begins = [0, ...this.failures.map(({ to }) => to)];
    return begins.map((from, i) => ({ from, to: Math.min(ends[i] ?? Infinity, playedTo) }));
  }

  /** A row of the table of trials; the product's own verification has to find no difference. */
  private async tell(): Promise<void> {
    const { fault, rounds } = this.options;
    const differing = await differingAt(this.nodes.at(-1));
    const troubled = this.failures.flatMap(({ from, to }) =>
      [...this.watched.values()].map(({ watch }) => watch.lastTrouble({ from, to }) - from),
    );
    const cells = [fault, this.seed, this.nodesMax, rounds];
    const times = [most(this.takeovers), most(troubled.map((ms) => Math.max(0, ms) / SECOND_MS))];
    console.log(`| ${[...cells, ...times, differing].join(' | ')} |`);
    expect(differing).toBe(0);
  }

  /** How long it takes until another node has folded what it is told now, in seconds. */
  async secondsUntilTakenOver(other: TestServer): Promise<number> {
    const seconds = await this.secondsUntilCounted(other);
    this.takeovers.push(seconds);
    return seconds;
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

  private watchedAt(node: TestServer): Watched {
    const watched = this.watched.get(node);
    if (watched === undefined) throw new Error('it was not started here');
    return watched;
  }

  private async stopWatching(): Promise<void> {
    for (const { watch } of this.watched.values()) await watch.stop();
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

/** The documents of all read models that a node finds not to be as the log says. */
export async function differingAt(node: TestServer | undefined): Promise<number> {
  let differing = 0;
  for (const { name } of PROJECTIONS) {
    const query = `mutation { verifyProjection(name: "${name}") { differing } }`;
    const { data, text } = await sendGraphql(node?.url ?? '', { query });
    const report = data?.verifyProjection as { readonly differing: number } | undefined;
    if (report === undefined) throw new Error(text);
    differing += report.differing;
  }
  return differing;
}

/** The greatest of some times, in seconds. */
const most = (seconds: readonly number[]): string =>
  seconds.length === 0 ? '-' : Math.max(...seconds).toFixed(1);

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
