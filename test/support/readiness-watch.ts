import { setTimeout as pause } from 'node:timers/promises';
import { sendGraphql } from './graphql.js';
import { until } from './polling.js';

/** A server looks at its stores once a second: what it says of them holds for longer than this. */
const LOOK_MS = 200;
const ASK_MS = 1_000;
const ASKED = `{ popularStreams(first: 1) { totalCount } bandwidthUsage(period: HOUR) { totalGB }
  streamingAnalytics(mediaId: "any") { totalViews } }`;

/** One answer of `/health/ready`. */
export interface ReadinessAnswer {
  /** When it was asked for and when it came, by `performance.now`. */
  readonly from: number;
  readonly to: number;
  readonly status: number;
  /** What is down: `eventStore`, `readModels`, `server`. */
  readonly troubles: readonly string[];
}

/** A stretch of time, by `performance.now`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Looks at a server's readiness all the time, as a load balancer does. */
export class ReadinessWatch {
  readonly answers: ReadinessAnswer[] = [];
  /** When queries were not answered, one after the other. */
  private readonly refusals: Stretch[] = [];
  private isOver = false;
  private readonly watching: Promise<unknown>;

  constructor(private readonly url: string) {
    this.watching = Promise.all([this.watch(), this.ask()]);
  }

  get hasBeenReady(): boolean {
    return this.answers.some(isReady);
  }

  /** What it called down in a stretch of time, once it had been ready: asked and answered there. */
  troubles({ from, to }: Stretch): readonly string[] {
    const within = this.sinceReady().filter((answer) => answer.from >= from && answer.to <= to);
    return [...new Set(within.flatMap((answer) => answer.troubles))];
  }

  /** When it answered no query for so long, up to some time, and called nothing down. */
  untold(msMin: number, until: number): readonly Stretch[] {
    const cut = this.refusals.map(({ from, to }) => ({ from, to: Math.min(to, until) }));
    return cut.filter((one) => one.to - one.from >= msMin && this.isReadyThroughout(one));
  }

  /** When it last called something down in a stretch of time; when that begins if it did not. */
  lastTrouble({ from, to }: Stretch): number {
    const isThen = (answer: ReadinessAnswer): boolean =>
      answer.from <= to && answer.to >= from && !isReady(answer);
    return this.sinceReady().findLast(isThen)?.to ?? from;
  }

  /** Waits for an answer, to a question asked from now on, in which just this is down. */
  async untilDown(...troubles: readonly string[]): Promise<void> {
    await this.until((answer) => String(answer.troubles) === String(troubles));
  }

  /** Waits for an answer, to a question asked from now on, that all is well. */
  async untilReady(): Promise<void> {
    await this.until(isReady);
  }

  /**
   * The answers that were both asked for and given in a stretch of time, from the first on that
   * tells of a loss.
   */
  sinceLoss(from: number, to: number): readonly ReadinessAnswer[] {
    const answers = this.answers.filter((answer) => answer.from >= from && answer.to <= to);
    const first = answers.findIndex(({ status }) => status !== 200);
    if (first < 0) throw new Error('no answer tells of a loss');
    return answers.slice(first);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  private isReadyThroughout({ from, to }: Stretch): boolean {
    const within = this.sinceReady().filter((answer) => answer.from >= from && answer.to <= to);
    return within.length > 0 && within.every(isReady);
  }

  private sinceReady(): readonly ReadinessAnswer[] {
    const began = this.answers.findIndex(isReady);
    return began < 0 ? [] : this.answers.slice(began);
  }

  private async until(isMeant: (answer: ReadinessAnswer) => boolean): Promise<void> {
    const from = performance.now();
    await until(() => this.answers.some((answer) => answer.from >= from && isMeant(answer)));
  }

  private async ask(): Promise<void> {
    let refused: Stretch | undefined;
    while (!this.isOver) {
      const from = refused?.from ?? performance.now();
      const isAnswered = await answers(this.url);
      if (refused !== undefined && !isAnswered) this.refusals.pop();
      refused = isAnswered ? undefined : { from, to: performance.now() };
      if (refused !== undefined) this.refusals.push(refused);
      await pause(ASK_MS);
    }
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      const from = performance.now();
      const answer = await look(this.url);
      if (answer !== undefined) this.answers.push({ from, to: performance.now(), ...answer });
      await pause(LOOK_MS);
    }
  }
}

const isReady = ({ status }: ReadinessAnswer): boolean => status === 200;

/** Undefined while there is no server, or none that answers. */
async function look(
  url: string,
): Promise<Pick<ReadinessAnswer, 'status' | 'troubles'> | undefined> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(60_000) });
    const { error = {} } = (await answer.json()) as { error?: Readonly<Record<string, unknown>> };
    return { status: answer.status, troubles: Object.keys(error) };
  } catch {
    return undefined;
  }
}

/** Whether it answers a query of its read models. */
async function answers(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(60_000);
  const answer = await sendGraphql(url, { query: ASKED }, {}, signal).catch(() => undefined);
  return answer?.errors.length === 0;
}
