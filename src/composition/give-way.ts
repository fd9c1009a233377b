import { constants, platform, setPriority } from 'node:os';

/**
 * Linux has a priority for each thread: this one gets what the others leave, which is everything
 * while they are idle. Elsewhere it would be the whole process's, and is left alone.
 */
export function giveWay(): void {
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_LOW);
}
