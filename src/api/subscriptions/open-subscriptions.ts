import type { ExecutionResult } from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import type { MeteredOperation, Telemetry } from '../../telemetry/telemetry.js';
import { ResultStream, type StreamTimes, STREAM_TIMES } from './result-stream.js';

/** Holds the open subscriptions of a node, over any transport. */
export class OpenSubscriptions {
  /** Is called when all subscriptions have been completed at the end. */
  onEnded: () => void = () => undefined;
  private readonly streams = new Set<ResultStream>();
  /** The number of subscriptions that have a place and no stream yet. */
  private starting = 0;
  private isEnding = false;

  constructor(
    private readonly telemetry: Pick<Telemetry, 'subscribed' | 'unsubscribed'>,
    private readonly limits: SubscriptionLimits = { max: SUBSCRIPTIONS_MAX, times: STREAM_TIMES },
  ) {}

  /**
   * Starts a subscription, and keeps a place for it until its stream ends. Throws OVERLOADED if no
   * place is free. Returns errors in place of a stream if it could not start. After each result
   * `scanned` says up to which position the log was looked at, if it was.
   */
  async open(
    { field }: MeteredOperation,
    start: () => Promise<AsyncGenerator<ExecutionResult> | ExecutionResult>,
    scanned: () => string | undefined,
  ): Promise<ResultStream | ExecutionResult> {
    this.assertPlace();
    this.starting += 1;
    try {
      const source = await start();
      if (!isStream(source)) return source;
      const onEnd = (code: string): void => {
        this.streams.delete(stream);
        this.telemetry.unsubscribed(field, code);
      };
      const stream: ResultStream = new ResultStream(source, this.limits.times, onEnd, scanned);
      this.streams.add(stream);
      this.telemetry.subscribed();
      // The end may have been announced meanwhile.
      if (this.isEnding) await stream.return();
      return stream;
    } finally {
      this.starting -= 1;
    }
  }

  /** Completes every subscription; from here on none is opened. */
  async endAll(): Promise<void> {
    this.isEnding = true;
    await Promise.all([...this.streams].map((stream) => stream.return()));
    this.onEnded();
  }

  /** Throws OVERLOADED once the server has announced its end. */
  assertGoesOn(): void {
    if (this.isEnding) throw new PlayheadError('OVERLOADED', 'this server is about to end');
  }

  private assertPlace(): void {
    this.assertGoesOn();
    const { max } = this.limits;
    if (this.streams.size + this.starting < max) return;
    const message = `${String(max)} subscriptions are open, which is as many as may be`;
    const retryAfterSeconds = RETRY_AFTER_SECONDS;
    throw new PlayheadError('OVERLOADED', message, { retryAfterSeconds });
  }
}

/** The most subscriptions of a node: each may hold a connection and an answer in memory. */
const SUBSCRIPTIONS_MAX = 200;
/** The wait that a refused client is told: others may have ended by then. */
const RETRY_AFTER_SECONDS = 5;

export interface SubscriptionLimits {
  readonly max: number;
  readonly times: StreamTimes;
}

const isStream = (
  source: AsyncGenerator<ExecutionResult> | ExecutionResult,
): source is AsyncGenerator<ExecutionResult> => Symbol.asyncIterator in source;
