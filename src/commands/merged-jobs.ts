/**
 * Commands that came apart are decided together: so many in one append at the most, and so many
 * bytes, about half of what EventStoreDB takes unless it is set to more.
 */
const APPEND_COMMANDS_MAX = 1_000;
const APPEND_BYTES_MAX = 2 ** 19;
/** What is stored of an event beside what its command says. */
const EVENT_BYTES = 250;

/** How many of the jobs that wait are decided together: one at least. */
export function jobsInOneAppend(
  queue: readonly { readonly commands: readonly unknown[] }[],
): number {
  // Most wait alone: they need not be measured.
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

/** About what is stored of commands that are accepted. */
const bytesOf = (commands: readonly unknown[]): number =>
  encoder.encode(JSON.stringify(commands)).length + EVENT_BYTES * commands.length;
