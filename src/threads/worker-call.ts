import type { MessagePort } from 'node:worker_threads';
import { PlayheadError, type ErrorCode } from '../domain/errors.js';

/** The functions of a thread that another thread may call, by their names. */
export type Callable<Functions> = Readonly<
  Record<keyof Functions, (request: never) => Promise<unknown>>
>;

/** A call of a function: its name and its arguments in one object. */
export type Request<Functions extends Callable<Functions>, Kind extends keyof Functions> = {
  [Each in Kind]: { readonly kind: Each } & Parameters<Functions[Each]>[0];
}[Kind];

/** A message to a thread: a call, which it answers, or a signal, which it does not. */
export type ToWorker<Signal extends string = string> =
  | { readonly call: number; readonly request: { readonly kind: string } }
  | { readonly signal: Signal | 'stop' };

/** A message of a thread: the answer to a call, or news. */
export type FromWorker<News = unknown> =
  { readonly call: number; readonly answer: Answer } | { readonly news: News };

/**
 * The result of a call, or its failure, as plain data. The code of a failure is the catalogue's if
 * the error was ours; else the driver's or the system's, if it had a code.
 */
type Answer =
  | { readonly result: unknown }
  | { readonly message: string; readonly code: string | undefined; readonly isOurs: boolean };

/** Lets the thread that started this one call its functions, and signal it. */
export function answerCalls<Functions extends Callable<Functions>, Signal extends string = 'stop'>(
  port: MessagePort,
  functions: Functions,
  signals: Readonly<Record<Signal | 'stop', () => void>>,
): void {
  const byKind = functions as Record<string, ((request: never) => Promise<unknown>) | undefined>;
  const carryOut = async (request: { readonly kind: string }): Promise<unknown> => {
    const work = byKind[request.kind];
    if (work === undefined) throw new Error(`this thread has no function ${request.kind}`);
    return work.call(functions, request as never);
  };
  port.on('message', (message: ToWorker<Signal>) => {
    if ('signal' in message) {
      signals[message.signal]();
      return;
    }
    const { call, request } = message;
    void answerTo(() => carryOut(request)).then((answer) => {
      port.postMessage({ call, answer } satisfies FromWorker);
    });
  });
}

/** Makes a function by which a thread sends news to the thread that started it. */
export const newsTo =
  <News>(port: MessagePort) =>
  (news: News): void => {
    port.postMessage({ news } satisfies FromWorker<News>);
  };

const answerTo = (work: () => Promise<unknown>): Promise<Answer> =>
  work().then(
    (result) => ({ result }),
    (error: unknown) => {
      const { code, message = String(error) } = Object(error) as Partial<NodeJS.ErrnoException>;
      return { message, code, isOurs: error instanceof PlayheadError };
    },
  );

/** Returns the result of a call, or throws its failure. */
export function resultOf(answer: Answer): unknown {
  if ('result' in answer) return answer.result;
  const { code, message, isOurs } = answer;
  if (isOurs) throw new PlayheadError(code as ErrorCode, message);
  throw Object.assign(new Error(message), code === undefined ? {} : { code });
}
