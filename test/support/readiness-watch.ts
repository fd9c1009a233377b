import { setTimeout as pause } from 'node:timers/promises';
import { until } from './polling.js';

const LOOK_MS = 50;

/** One answer of `/health/ready`. */
export interface Sight {
  /** When it was asked for and when it came, by `performance.now`. */
  readonly from: number;
  readonly to: number;
  readonly status: number;
  /** What is down: `eventStore`, `readModels`, `server`. */
  readonly troubles: readonly string[];
}

/** Looks at a server's readiness all the time, as a load balancer does. */
export class ReadinessWatch {
  readonly sights: Sight[] = [];
  private isOver = false;
  private readonly watching: Promise<void>;

  constructor(private readonly url: string) {
    this.watching = this.watch();
  }

  /** Waits for an answer, to a question asked from now on, in which just this is down. */
  async untilDown(...troubles: readonly string[]): Promise<void> {
    await this.until((sight) => String(sight.troubles) === String(troubles));
  }

  /** Waits for an answer, to a question asked from now on, that all is well. */
  async untilReady(): Promise<void> {
    await this.until(({ status }) => status === 200);
  }

  /**
   * The answers that were both asked for and given in a stretch of time, from the first on that
   * tells of a loss.
   */
  sinceLoss(from: number, to: number): readonly Sight[] {
    const answers = this.sights.filter((sight) => sight.from >= from && sight.to <= to);
    const first = answers.findIndex(({ status }) => status !== 200);
    if (first < 0) throw new Error('no answer tells of a loss');
    return answers.slice(first);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  private async until(isMeant: (sight: Sight) => boolean): Promise<void> {
    const from = performance.now();
    await until(() => this.sights.some((sight) => sight.from >= from && isMeant(sight)));
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      const from = performance.now();
      const sight = await look(this.url);
      if (sight !== undefined) this.sights.push({ from, to: performance.now(), ...sight });
      await pause(LOOK_MS);
    }
  }
}

/** Undefined while there is no server, or none that answers. */
async function look(url: string): Promise<Pick<Sight, 'status' | 'troubles'> | undefined> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(60_000) });
    const { error = {} } = (await answer.json()) as { error?: Readonly<Record<string, unknown>> };
    return { status: answer.status, troubles: Object.keys(error) };
  } catch {
    return undefined;
  }
}
