import { constants, platform, setPriority } from 'node:os';

/**
 * Gives this thread what the others leave, which is everything while they are idle. Linux has a
 * priority for each thread; elsewhere it would be the whole process's, and is left alone.
 */
export function lowerThreadPriority(): void {
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_LOW);
}
