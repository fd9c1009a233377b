/** The two clocks of a machine, in milliseconds. */
export interface MachineClock {
  /** The time of day since the epoch: people and NTP set it. */
  wall(): number;
  /** Since some moment, the same in all threads: nobody sets it. */
  monotonic(): number;
}

const NS_PER_US = 1_000n;
const US_PER_MS = 1_000;

/** Those of this machine. */
export const machineClock: MachineClock = {
  wall: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint() / NS_PER_US) / US_PER_MS,
};
