import { LOG_START, type EventLog } from '../ports/event-store.js';
import type {
  Generation,
  GenerationSpec,
  GenerationStatus,
  ReadModelWriter,
} from '../ports/read-model-store.js';
import type { ProjectionRunner } from './projection-runner.js';
import { failed } from './rebuilds.js';

/** Another log's server is at work on the same read models: each would undo the other's. */
class ReadModelsInUse extends Error {
  constructor() {
    super('these read models are in use by a server with another event log: give it others');
    this.name = 'ReadModelsInUse';
  }
}

export interface OwnershipOptions {
  readonly log: EventLog;
  readonly writer: ReadModelWriter;
  /** Told that a read model does not go with the log, and is folded anew. */
  readonly onStartOver: (projection: string, reason: string) => void;
}

/** A projection and what the store says of it. */
interface Sight {
  readonly runner: ProjectionRunner;
  readonly status: GenerationStatus | undefined;
}

/**
 * Which projections this node folds: all that nobody else does. What another node folds is watched,
 * and taken over when its claim runs out.
 */
export class Ownership {
  /** When a filling was begun because nothing was there to serve, epoch milliseconds. */
  private readonly begun = new Map<ProjectionRunner, number>();

  constructor(private readonly options: OwnershipOptions) {}

  /** Looks how the projections and their rebuilds stand, and takes those that nobody folds. */
  async look(runners: readonly ProjectionRunner[], now: number): Promise<void> {
    const rebuilds = await this.options.writer.rebuilds.look(runners.map(({ spec }) => spec));
    for (const [i, runner] of runners.entries()) runner.seeRebuild(rebuilds[i]);
    for (const runner of runners) await this.giveUpMisfit(runner, now);
    const { misfit, ...how } = await this.glance(runners, now);
    for (const sight of misfit) await this.startOver(sight, { ...how, now });
    for (const runner of runners) await runner.seeParked();
  }

  /** What fills, or is brought back, has to go with the log too. */
  private async giveUpMisfit(runner: ProjectionRunner, now: number): Promise<void> {
    const { spec, rebuild } = runner;
    const { filling } = rebuild;
    if (filling === undefined) return;
    // Read after it, or what another node has just committed would seem to lie beyond the log.
    if (isOf(spec, filling, await this.options.log.head())) return;
    const outcome = failed(misfitOf(spec, filling), now);
    await this.options.writer.rebuilds.abandon(spec, outcome);
    runner.seeRebuild({ ...rebuild, filling: undefined, outcome });
  }

  /** The same without the rebuilds, which are not as quick; tells what does not fit the log. */
  async glance(
    runners: readonly ProjectionRunner[],
    now: number,
  ): Promise<{ readonly misfit: readonly Sight[] } & StartOver> {
    const { log, writer } = this.options;
    const statuses = await writer.serving(runners.map(({ spec }) => spec));
    const sights = runners.flatMap((runner, i): Sight[] => {
      const status = statuses[i];
      runner.see(status);
      return runner.isHeld ? [] : [{ runner, status }];
    });
    if (sights.length === 0) return { misfit: [], head: LOG_START, isApart: true };
    // Read after them, or what another node has just committed would seem to lie beyond the log.
    const head = await log.head();
    const [fit, misfit] = [sights.filter(fits(head)), sights.filter((one) => !fits(head)(one))];
    for (const { runner, status } of fit) {
      if (status !== undefined) runner.watch(status, servesFrom(runner, status, head), now);
    }
    await this.claim(fit, head, now);
    // With the others far ahead, one is filled apart: together they would all go back for it.
    const isApart = fit.length > 0 || runners.some((runner) => runner.isHeld);
    return { misfit, head, isApart };
  }

  private async claim(sights: readonly Sight[], head: number, now: number): Promise<void> {
    const free = sights.flatMap(({ runner, status }) =>
      status === undefined || status.isTaken ? [] : [{ runner, status }],
    );
    if (free.length === 0) return;
    const claimed = await this.options.writer.claim(free.map(({ status }) => status));
    for (const [i, { runner, status }] of free.entries()) {
      const generation = claimed?.[i];
      if (generation === undefined) continue;
      await runner.take(generation, servesFrom(runner, status, head), now);
    }
  }

  /** Whether what was begun has failed: it would again, until somebody does something. */
  private hasGivenUp(runner: ProjectionRunner): boolean {
    const { outcome } = runner.rebuild;
    const begunAt = this.begun.get(runner);
    if (outcome === undefined || begunAt === undefined) return false;
    return outcome.kind === 'failed' && outcome.at >= begunAt;
  }

  private async startOver(
    { runner, status }: Sight,
    { head, now, isApart }: StartOver & { readonly now: number },
  ): Promise<void> {
    const { writer, onStartOver } = this.options;
    const { spec } = runner;
    if (status?.isTaken === true) throw new ReadModelsInUse();
    if (runner.rebuild.filling !== undefined) return;
    if (this.hasGivenUp(runner)) {
      runner.stop(now);
      return;
    }
    if (status !== undefined) onStartOver(spec.projection, misfitOf(spec, status));
    if (isApart) {
      this.begun.set(runner, now);
      await writer.rebuilds.begin(spec, 'nothing', now);
      return;
    }
    const start = { replacing: status?.number, servesFrom: head };
    const generation: Generation | undefined = await writer.start(spec, start);
    if (generation !== undefined) await runner.take(generation, head, now);
  }
}

/**
 * From where a generation is served. Where the store cannot tell, a crash of the machine may have
 * taken commits back, so that it has to get to the end of the log first: but not while this node
 * has been there all the time.
 */
const servesFrom = (runner: ProjectionRunner, status: GenerationStatus, head: number): number =>
  status.servesFrom ?? runner.servesFrom(status.number) ?? head;

/** How what does not go with the log is folded anew. */
interface StartOver {
  /** The end of the log. */
  readonly head: number;
  /** Whether by itself, beside the feed of the others. */
  readonly isApart: boolean;
}

/** Whether a read model goes with the log. */
const fits =
  (head: number) =>
  ({ runner, status }: Sight): boolean =>
    status !== undefined && isOf(runner.spec, status, head);

const isOf = (spec: GenerationSpec, { storeId, checkpoint }: Generation, head: number): boolean =>
  storeId === spec.storeId && checkpoint <= head;

const misfitOf = (spec: GenerationSpec, { storeId }: Generation): string =>
  storeId === spec.storeId
    ? 'its read model is ahead of the log'
    : 'its read model was folded from another log';
