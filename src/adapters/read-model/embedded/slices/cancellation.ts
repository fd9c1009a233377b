/** Does work that another thread stops once a signal is aborted; then throws its reason. */
export async function untilCancelled<Result>(
  signal: AbortSignal | undefined,
  work: (flag: CancelFlag | undefined) => Promise<Result>,
): Promise<Result> {
  if (signal === undefined) return work(undefined);
  signal.throwIfAborted();
  const flag = new SharedArrayBuffer(FLAG_BYTES);
  const cancel = (): void => {
    Atomics.store(new Int32Array(flag), 0, 1);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(flag);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Memory of both threads: not 0 once nobody waits for the answer any more. */
export type CancelFlag = SharedArrayBuffer;

const FLAG_BYTES = 4;

/** Thrown in the thread that works on an answer which nobody waits for. */
export class Cancelled extends Error {
  constructor() {
    super('nobody waits for the answer any more');
  }
}

/** Says whether nobody waits for an answer any more. */
export const isCancelled = (flag: CancelFlag | undefined): boolean =>
  flag !== undefined && Atomics.load(new Int32Array(flag), 0) !== 0;
