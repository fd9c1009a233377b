import type { MemoryReadModelStore } from './memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import {
  isCatchingUp,
  toBuild,
  type ProjectionControl,
  type ProjectionLag,
  type ProjectionProgress,
} from '../../src/ports/projection-control.js';
import type {
  OrderFunctions,
  OrderKind,
  OrderResult,
  ProjectionAdministration,
  ProjectionOrder,
} from '../../src/ports/projection-administration.js';
import type { GivenUp, ParkedEvent } from '../../src/ports/read-model/documents.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import { testVocabulary } from './test-log.js';
import { Administration } from '../../src/projector/administration.js';
import { lagOf } from '../../src/projector/lag.js';
import { ProgressBoard } from '../../src/projector/progress-board.js';
import { Rebuilder } from '../../src/projector/rebuilder.js';
import { Projector, type ProjectorOptions } from '../../src/projector/projector.js';

/** How long a test waits for a projection that does not come, before it fails. */
const PATIENCE_MS = 60_000;

type Progress = readonly ProjectionProgress[];
type Setup = Omit<ProjectorOptions, 'vocabulary' | 'onProgress' | 'onFailure' | 'onStartOver'>;
type Options = Setup & Pick<ProjectorOptions, 'vocabulary'>;

/**
 * The projector and the rebuilder at work in the thread of the test, mostly on memory stores, and
 * what they tell. They, the orders and the lag are the server's own. `ProjectorThread`, which puts
 * them into threads, passes wake-ups on and verifies, is tested by servers (`.e2e.spec`).
 */
export class MemoryProjections implements ProjectionControl, ProjectionAdministration {
  readonly board = new ProgressBoard();
  /** Every state that was told of, in order. */
  readonly told: Progress[] = [];
  /** Every failure that was told of, in order. */
  readonly failures: { readonly message: string; readonly isFinal: boolean }[] = [];
  /** Every projection that was folded anew, and why. */
  readonly startedOver: string[] = [];
  private readonly waiters = new Set<{
    readonly condition: (progress: Progress) => boolean;
    readonly resolve: () => void;
  }>();
  private projector: Projector | undefined;
  private rebuilder: Rebuilder | undefined;
  private building: Promise<void> | undefined;
  private isStopping = false;

  private constructor(private readonly options: Options) {}

  static async start(setup: Setup): Promise<MemoryProjections> {
    const options = { ...setup, vocabulary: testVocabulary(setup.log) };
    const projections = new MemoryProjections(options);
    projections.projector = await Projector.start({
      ...options,
      onProgress: (progress) => {
        projections.hear(progress);
      },
      onFailure: (error, isFinal) => {
        projections.failures.push({ message: String(error), isFinal });
      },
      onStartOver: (projection, reason) => {
        projections.startedOver.push(`${projection}: ${reason}`);
      },
    });
    return projections;
  }

  private hear(progress: Progress): void {
    this.told.push(progress);
    this.board.post(progress);
    if (toBuild(progress).length > 0) this.build();
    for (const waiter of this.waiters) {
      if (waiter.condition(progress)) waiter.resolve();
    }
  }

  /** Builds what is to be built, as a server's second thread does. */
  private build(): void {
    if (this.rebuilder !== undefined || this.isStopping) return;
    this.rebuilder = new Rebuilder({
      isWaitedFor: false,
      ...this.options,
      onOffer: () => undefined,
      onFailure: (error, isFinal) => {
        this.failures.push({ message: String(error), isFinal });
      },
    });
    this.building = this.rebuilder.run().then(() => {
      this.rebuilder = undefined;
    });
  }

  /** Waits until the progress told of is as a condition wants it. */
  until(condition: (progress: Progress) => boolean): Promise<void> {
    if (condition(this.progress())) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(new Error(`waited in vain; at last ${JSON.stringify(this.progress())}`));
      }, PATIENCE_MS);
      const waiter = {
        condition,
        resolve: () => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      this.waiters.add(waiter);
    });
  }

  /** Waits until queries are answered: no read model is being folded anew. */
  ready(): Promise<void> {
    return this.until((progress) => !progress.some(isCatchingUp));
  }

  progress(): readonly ProjectionProgress[] {
    return this.board.progress();
  }

  lag(): Promise<readonly ProjectionLag[]> {
    const { clock, log } = this.options;
    return lagOf({ progress: this.progress(), heardAt: clock.now() }, log, clock);
  }

  async passed(names: readonly ProjectionName[], position: number): Promise<void> {
    if (position > (await this.options.log.head())) {
      throw new PlayheadError('READ_MODEL_BEHIND', 'beyond the end of the log');
    }
    await this.board.passed(names, position, PATIENCE_MS);
  }

  /** Waits until every projection, or those named, are at the end of the log. */
  async settled(names = this.options.projections.map(({ name }) => name)): Promise<void> {
    await this.board.passed(names, await this.options.log.head(), PATIENCE_MS);
  }

  carryOut<Kind extends OrderKind>(order: ProjectionOrder<Kind>): Promise<OrderResult<Kind>> {
    if (this.projector === undefined) throw new Error('it has not been started');
    const functions: Partial<OrderFunctions> = new Administration({
      ...this.options,
      projector: this.projector,
    });
    const result = functions[order.kind]?.(order);
    return result ?? Promise.reject(new Error('it is verified where it is stored'));
  }

  rebuild(name: ProjectionName): Promise<void> {
    return this.carryOut({ kind: 'rebuild', name });
  }

  rollBack(name: ProjectionName): Promise<void> {
    return this.carryOut({ kind: 'rollBack', name });
  }

  cancelRebuild(name: ProjectionName): Promise<void> {
    return this.carryOut({ kind: 'cancel', name });
  }

  parked(name: ProjectionName): Promise<readonly ParkedEvent[]> {
    return this.carryOut({ kind: 'parked', name });
  }

  retryParked(name: ProjectionName, giveUp?: GivenUp): Promise<void> {
    return this.carryOut({ kind: 'retry', name, ...(giveUp && { giveUp }) });
  }

  retire(before: number): Promise<void> {
    return this.carryOut({ kind: 'retire', before });
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.rebuilder?.stop();
    await this.building;
    await this.projector?.stop();
  }
}

/** Everything that a projection's read model holds, by key. */
export async function documentsOf(
  store: MemoryReadModelStore,
  name: ProjectionName,
): Promise<Readonly<Record<string, object>>> {
  return Promise.resolve(store.documentsOf(name));
}
