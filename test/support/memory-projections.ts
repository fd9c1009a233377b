import type { MemoryReadModelStore } from '../../src/adapters/read-model/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import { SECOND_MS } from '../../src/domain/time.js';
import {
  isCatchingUp,
  type ProjectionControl,
  type ProjectionLag,
  type ProjectionProgress,
} from '../../src/ports/projection-control.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import { ProgressBoard } from '../../src/projector/progress-board.js';
import { Projector, type ProjectorOptions } from '../../src/projector/projector.js';

/** How long a test waits for a projection that does not come, before it fails. */
const PATIENCE_MS = 4_000;

type Progress = readonly ProjectionProgress[];
type Options = Omit<ProjectorOptions, 'onProgress' | 'onFailure'>;

/** A projector at work, and what it tells. */
export class MemoryProjections implements ProjectionControl {
  readonly board = new ProgressBoard();
  /** Every state that was told of, in order. */
  readonly told: Progress[] = [];
  /** Every failure that was told of, in order. */
  readonly failures: { readonly message: string; readonly isFinal: boolean }[] = [];
  private readonly waiters = new Set<{
    readonly condition: (progress: Progress) => boolean;
    readonly resolve: () => void;
  }>();
  private projector: Projector | undefined;

  private constructor(private readonly options: Options) {}

  static async start(options: Options): Promise<MemoryProjections> {
    const projections = new MemoryProjections(options);
    projections.projector = await Projector.start({
      ...options,
      onProgress: (progress) => {
        projections.hear(progress);
      },
      onFailure: (error, isFinal) => {
        projections.failures.push({ message: String(error), isFinal });
      },
    });
    return projections;
  }

  private hear(progress: Progress): void {
    this.told.push(progress);
    this.board.post(progress);
    for (const waiter of this.waiters) {
      if (waiter.condition(progress)) waiter.resolve();
    }
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
    return Promise.all(
      this.progress().map(async (progress) => {
        const { scanned, behindSince } = progress;
        const lagSeconds = (clock.now() - (behindSince ?? clock.now())) / SECOND_MS;
        return { ...progress, lagSeconds, lagEvents: await log.countAfter(scanned) };
      }),
    );
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

  async retire(before: number): Promise<void> {
    await this.projector?.retire(before);
  }

  async stop(): Promise<void> {
    await this.projector?.stop();
  }
}

/** Everything that a projection's read model holds, by key. */
export async function documentsOf(
  store: MemoryReadModelStore,
  name: ProjectionName,
): Promise<Readonly<Record<string, object>>> {
  const rows = await store.snapshot([name], (readers) => readers[name].range('', '\u{10ffff}'));
  return Object.fromEntries(rows.map(({ key, body }) => [key, body]));
}
