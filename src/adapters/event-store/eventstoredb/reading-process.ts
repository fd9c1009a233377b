import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogPage, StoredEvent } from '../../../ports/event-store.js';
import type { ReadLimits } from './consume-read.js';
import { CHUNK_FORMAT, eventsOf } from './event-chunk.js';
import type { PageOrder, ReadingSource, ReadingReply, ReadingRequest } from './reading.process.js';
import { RunningTimer } from './running-timer.js';

/**
 * A process that reads the log, a page at a time. The client's successor can neither cancel nor
 * close a read, nor does the end of its thread end the read; the end of its process does.
 */
export class ReadingProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private isOpened = false;

  /** Starts the process; the first page reports a failure. */
  constructor(source: Omit<ReadingSource, 'format'>) {
    this.child = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: process.execArgv.filter((option) => !option.startsWith('--inspect')),
      env: process.env,
    });
    // The first page reports that the process cannot be started.
    this.ended = once(
      this.child.on('error', () => undefined),
      'exit',
    ).catch(() => undefined);
    this.send({ kind: 'open', format: CHUNK_FORMAT, ...source });
  }

  /** Reads a page; one at a time. After a rejection, with ReadingFailed, the process is useless. */
  page(order: PageOrder, limits: ReadingLimits): Promise<LogPage> {
    const { silenceMsMax, lookingMsMax, signal } = limits;
    const { child } = this;
    return new Promise((resolve, reject) => {
      const events: StoredEvent[] = [];
      const rest = (): void => {
        timer.clear();
        child.off('message', onReply).off('exit', onExit).off('error', onError);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = ({ message }: { readonly message: string }, isInVain = false): void => {
        rest();
        reject(new ReadingFailed(message, isInVain));
      };
      const onExit = (): void => {
        fail({ message: 'the process that reads has ended' });
      };
      const onError = (error: Error): void => {
        fail(error);
      };
      const onAbort = (): void => {
        fail({ message: 'the read was given up' });
      };
      const wait = (limitMs: number, isLooking = false): RunningTimer =>
        new RunningTimer(limitMs, () => {
          fail({ message: `nothing came for ${String(limitMs)} ms` }, isLooking);
        });
      let timer = wait(this.isOpened ? silenceMsMax : START_MS_MAX);
      const onReply = (reply: ReadingReply): void => {
        if (reply.kind === 'failure') {
          fail(reply);
          return;
        }
        timer.clear();
        this.isOpened = true;
        if (reply.kind === 'end') {
          rest();
          resolve({ events, scanned: reply.scanned, isEnd: reply.isEnd });
          return;
        }
        if (reply.kind === 'events') for (const event of eventsOf(reply.chunk)) events.push(event);
        timer = reply.kind === 'looking' ? wait(lookingMsMax, true) : wait(silenceMsMax);
      };
      child.on('message', onReply).on('exit', onExit).on('error', onError);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted === true) {
        onAbort();
        return;
      }
      this.send({ kind: 'page', ...order }, onError);
    });
  }

  /** Ends the process, and its reads with it. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private send(request: ReadingRequest, onFailure?: (error: Error) => void): void {
    this.child.send(request, (error) => {
      if (error !== null) onFailure?.(error);
    });
  }
}

const PROGRAM = fileURLToPath(new URL('./reading.process.js', import.meta.url));
/** The time in which the process has to start, on a machine that has much else to do. */
const START_MS_MAX = 15_000;

/** A page that did not come. */
export class ReadingFailed extends Error {
  constructor(
    message: string,
    /** Says whether the server answers, and finds nothing. */
    readonly isInVain: boolean,
  ) {
    super(message);
    this.name = 'ReadingFailed';
  }
}

export interface ReadingLimits extends ReadLimits {
  /** The time in milliseconds for which the server may look for events of ours and find none. */
  readonly lookingMsMax: number;
}
