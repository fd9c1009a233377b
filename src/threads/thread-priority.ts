import { constants, platform, setPriority } from 'node:os';

/**
 * Gives this thread the CPU time that the others leave, which is all of it while they are idle.
 * Linux has a priority for each thread. Elsewhere the priority is the whole process's, and is left
 * alone.
 */
export function lowerThreadPriority(): void {
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_LOW);
}
