import { constants, platform, setPriority } from 'node:os';

/**
 * Gives this thread only the CPU time that the other threads leave. Linux has a priority for each
 * thread. On other systems the priority is the whole process's, and is left as it is.
 */
export function lowerThreadPriority(): void {
  if (platform() === 'linux') setPriority(PRIORITY_LOW);
}

const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;

/** Gives this thread less CPU time than the others while all of them have work. */
export function lowerThreadPrioritySlightly(): void {
  if (platform() === 'linux') setPriority(PRIORITY_BELOW_NORMAL);
}
