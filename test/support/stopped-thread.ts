/** Lets this thread stand still, timers and all, as while its process is paused. */
export function stopThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
