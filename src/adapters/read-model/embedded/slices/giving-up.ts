/** Does work that another thread stops once a signal is aborted; then throws its reason. */
export async function untilGivenUp<Result>(
  signal: AbortSignal | undefined,
  work: (flag: GivenUpFlag | undefined) => Promise<Result>,
): Promise<Result> {
  if (signal === undefined) return work(undefined);
  signal.throwIfAborted();
  const flag = new SharedArrayBuffer(FLAG_BYTES);
  const giveUp = (): void => {
    Atomics.store(new Int32Array(flag), 0, 1);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await work(flag);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Memory of both threads: not 0 once nobody waits for the answer any more. */
export type GivenUpFlag = SharedArrayBuffer;

const FLAG_BYTES = 4;

/** Thrown in the thread that works on an answer which nobody waits for. */
export class GivenUp extends Error {
  constructor() {
    super('nobody waits for the answer any more');
  }
}

/** Says whether an answer was given up. */
export const isGivenUp = (flag: GivenUpFlag | undefined): boolean =>
  flag !== undefined && Atomics.load(new Int32Array(flag), 0) !== 0;
