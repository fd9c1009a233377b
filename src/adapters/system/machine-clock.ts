/** The two clocks of a machine, in milliseconds. */
export interface MachineClock {
  /** Returns the time of day since the epoch: people and NTP set this clock. */
  wall(): number;
  /** Returns the time since some moment, the same in all threads: nobody sets this clock. */
  monotonic(): number;
}

const NS_PER_US = 1_000n;
const US_PER_MS = 1_000;

/** The clocks of this machine. */
export const machineClock: MachineClock = {
  wall: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint() / NS_PER_US) / US_PER_MS,
};
