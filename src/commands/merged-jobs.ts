/**
 * Commands that came separately are decided together, up to a number of commands and of bytes in
 * one append. The bytes are about half of what EventStoreDB takes unless it is set to more.
 */
const APPEND_COMMANDS_MAX = 1_000;
const APPEND_BYTES_MAX = 2 ** 19;
/** Bytes that are stored of an event beside its command's content. */
const EVENT_BYTES = 250;

/** Returns the number of waiting jobs that are decided together: at least one. */
export function jobsInOneAppend(
  queue: readonly { readonly commands: readonly unknown[] }[],
): number {
  // A job that waits alone, as most do, need not be measured.
  if (queue.length === 1) return 1;
  let jobs = 0;
  let commands = 0;
  let bytes = 0;
  for (const job of queue) {
    commands += job.commands.length;
    bytes += bytesOf(job.commands);
    if (jobs > 0 && (commands > APPEND_COMMANDS_MAX || bytes > APPEND_BYTES_MAX)) break;
    jobs += 1;
  }
  return jobs;
}

const encoder = new TextEncoder();

/** Estimates the bytes that are stored if the commands are accepted. */
const bytesOf = (commands: readonly unknown[]): number =>
  encoder.encode(JSON.stringify(commands)).length + EVENT_BYTES * commands.length;
