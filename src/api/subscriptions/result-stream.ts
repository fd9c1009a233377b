import { GraphQLError, type ExecutionResult, type FormattedExecutionResult } from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import { SECOND_MS } from '../../domain/time.js';
import { codedError, formatErrors } from '../graphql/graphql-errors.js';

/**
 * The results of a subscription for one client. The transport asks for the next one when the client
 * has taken the one before. If that takes too long, the last result is the error OVERLOADED. A
 * result with errors is the last one.
 */
export class ResultStream implements AsyncGenerator<FormattedExecutionResult, undefined> {
  /** Is called when the client does not even take the last result. */
  onStuck: () => void = () => undefined;
  private isOver = false;
  private last: FormattedExecutionResult | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * `onEnd` is told the code of the error that ended it, or `OK`. `scanned` returns the position,
   * as a token, up to which the log was looked at for the result that came last.
   */
  constructor(
    private readonly source: AsyncGenerator<ExecutionResult>,
    private readonly times: StreamTimes,
    private readonly onEnd: (code: string) => void,
    private readonly scanned: () => string | undefined,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    clearTimeout(this.timer);
    if (!this.isOver) await this.advance();
    const { last } = this;
    this.last = undefined;
    if (last === undefined) return DONE;
    this.timer = this.isOver ? this.whenStuck() : setTimeout(this.onLate, this.times.takeMs);
    return { done: false, value: last };
  }

  /** Ends the stream and drops the results that the client has not taken. */
  return(): Promise<Result> {
    clearTimeout(this.timer);
    this.last = undefined;
    this.end('OK');
    return Promise.resolve(DONE);
  }

  throw(): Promise<Result> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private async advance(): Promise<void> {
    try {
      const result: IteratorResult<ExecutionResult, unknown> = await this.source.next();
      if (this.isOver) return;
      if (result.done === true) this.end('OK');
      else if (result.value.errors !== undefined) this.failWith(result.value.errors, result.value);
      else this.last = this.told(result.value);
    } catch (error) {
      if (this.isOver) return;
      const originalError = error instanceof Error ? error : new Error(String(error));
      this.failWith([new GraphQLError(originalError.message, { originalError })]);
    }
  }

  private told({ data = null }: ExecutionResult): FormattedExecutionResult {
    const position = this.scanned();
    return { data, ...(position !== undefined && { extensions: { position } }) };
  }

  private readonly onLate = (): void => {
    this.failWith([codedError(tooSlow())]);
    this.timer = this.whenStuck();
  };

  private whenStuck(): NodeJS.Timeout {
    return setTimeout(() => {
      this.onStuck();
    }, this.times.lingerMs);
  }

  private failWith(errors: readonly GraphQLError[], { data }: ExecutionResult = {}): void {
    const told = formatErrors(errors);
    this.last = { ...(data !== undefined && { data }), errors: told };
    this.end(told[0]?.extensions.code ?? 'INTERNAL');
  }

  private end(code: string): void {
    if (this.isOver) return;
    this.isOver = true;
    void this.source.return(undefined);
    this.onEnd(code);
  }
}

/** The times that a stream waits for its client, in milliseconds. */
export interface StreamTimes {
  /** The longest time that a client may take for a result. */
  readonly takeMs: number;
  /** The time that a client then has to take the error, before its connection is broken. */
  readonly lingerMs: number;
}

export const STREAM_TIMES: StreamTimes = { takeMs: 30 * SECOND_MS, lingerMs: 5 * SECOND_MS };

/** The time in milliseconds between two signs of life, shorter than what proxies wait for one. */
export const PING_MS = 15 * SECOND_MS;

type Result = IteratorResult<FormattedExecutionResult, undefined>;

const DONE = { done: true, value: undefined } as const;

const tooSlow = (): PlayheadError =>
  new PlayheadError('OVERLOADED', 'the results were not taken as fast as they came');
