import { Worker } from 'node:worker_threads';
import { PlayheadError } from '../../../../domain/errors.js';
import type { LiveSums } from '../../../../domain/figures/live-sums.js';
import type { ListedSession } from '../../../../ports/read-model/session-list.js';
import type { RetentionAnswer, SliceAnswer } from '../../../../ports/read-model/slices.js';
import { assertSameBuild } from '../../../../threads/same-build.js';
import { CalledThread } from '../../../../threads/called-thread.js';
import { untilCancelled } from './cancellation.js';
import type { LiveRequest, RetentionRequest, SessionListRequest, SliceRequest } from './slicer.js';
import type { SlicerFunctions } from './slicer.worker.js';

/** Sums up sessions in a thread of its own, which is started at the first question. */
export class SlicerThread {
  private running: CalledThread<SlicerFunctions> | undefined;
  private isClosed = false;

  constructor(private readonly create: () => Worker = startSlicer) {}

  /**
   * Throws STORE_UNAVAILABLE if the thread dies meanwhile; a fault of the file with its code; the
   * reason of the signal once that is aborted.
   */
  slices(request: SliceRequest, signal?: AbortSignal): Promise<readonly SliceAnswer[]> {
    return untilCancelled(signal, (cancelFlag) =>
      this.asking((thread) => thread.call({ kind: 'slices', ...request, cancelFlag })),
    );
  }

  /** Throws what `slices` does. */
  retention(request: RetentionRequest, signal?: AbortSignal): Promise<RetentionAnswer> {
    return untilCancelled(signal, (cancelFlag) =>
      this.asking((thread) => thread.call({ kind: 'retention', ...request, cancelFlag })),
    );
  }

  /** Throws what `slices` does. */
  sessions(request: SessionListRequest, signal?: AbortSignal): Promise<readonly ListedSession[]> {
    return untilCancelled(signal, (cancelFlag) =>
      this.asking((thread) => thread.call({ kind: 'sessions', ...request, cancelFlag })),
    );
  }

  /** Throws what `slices` does. */
  live(request: LiveRequest): Promise<readonly LiveSums[]> {
    return this.asking((thread) => thread.call({ kind: 'live', ...request }));
  }

  /** Ends the thread amid its work; calls under way are rejected. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.running?.cancel();
  }

  private async asking<Answer>(
    ask: (thread: CalledThread<SlicerFunctions>) => Promise<Answer>,
  ): Promise<Answer> {
    this.running ??= this.start();
    const thread = this.running;
    try {
      return await ask(thread);
    } catch (error) {
      if (!thread.hasEnded) throw error;
      const death = new PlayheadError(
        'STORE_UNAVAILABLE',
        'the thread that sums up sessions has ended: ask again',
      );
      throw Object.assign(death, { cause: error });
    }
  }

  private start(): CalledThread<SlicerFunctions> {
    if (this.isClosed) throw new Error('the read models are closed');
    assertSameBuild();
    const thread = new CalledThread<SlicerFunctions>(this.create());
    void thread.ended.then(() => {
      if (this.running === thread) this.running = undefined;
    });
    return thread;
  }
}

/**
 * Memory of the thread, in MiB, beside what its columns take. A thread that needs more ends, and
 * the next question starts another one.
 */
const MEMORY = { maxOldGenerationSizeMb: 1_024 };

/** Starts the thread, which answers by the functions of `slicer.worker.ts`. */
export const startSlicer = (): Worker =>
  new Worker(new URL('./slicer.worker.js', import.meta.url), { resourceLimits: MEMORY });
