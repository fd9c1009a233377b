import { constants, platform, setPriority } from 'node:os';

const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;

/**
 * Gives this thread the CPU time that the others leave, which is all of it while they are idle.
 * Linux has a priority for each thread. Elsewhere the priority is the whole process's, and is left
 * alone.
 */
export function lowerThreadPriority(): void {
  if (platform() === 'linux') setPriority(PRIORITY_LOW);
}

/** Gives this thread less CPU time than the others where all want some. */
export function yieldToOtherThreads(): void {
  if (platform() === 'linux') setPriority(PRIORITY_BELOW_NORMAL);
}
