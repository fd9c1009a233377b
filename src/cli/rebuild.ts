import { setTimeout as pause } from 'node:timers/promises';
import type { AddCommand, CommandContext } from './command.js';
import { formatCounted } from './format.js';
import type { Pace } from './progress.js';
import { order, statusesOf, type ProjectionStatus } from './projection-status.js';
import { Remote, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';

/** `rebuild`, `rollback`, `cancel`: make a read model anew, bring back the last, end a rebuild. */
export const addRebuild: AddCommand = (program, context) => {
  const { terminal } = context;
  const follow = async (what: Order, name: string, options: RebuildOptions): Promise<void> => {
    const remote = Remote.of(options, context);
    const before = options.watch === true ? await statusOf(remote, name) : undefined;
    const begun = await order(remote, what, name);
    const watching = { what, remote, context };
    const status = before === undefined ? begun : await watch(begun, before, watching);
    terminal.result(status, [summaryOf(status, what), ...parkedLines(status, what)]);
  };
  withRemote(program.command('rebuild'))
    .description('fold a read model anew from the log, beside the one that serves')
    .argument('<name>', 'the read model')
    .option('--watch', 'follow it until the new one serves')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

The read model serves as it is until the new one takes its place, at once and at
the same place of the log. Ctrl-C ends the watching, not the rebuild. With
--watch it ends with 1 if the rebuild fails.

Examples:
  playhead rebuild bandwidth
  playhead rebuild bandwidth --watch`,
    )
    .action((name: string, options: RebuildOptions) => follow('rebuildProjection', name, options));
  withRemote(program.command('rollback'))
    .description('bring back the read model that the last rebuild replaced')
    .argument('<name>', 'the read model')
    .option('--watch', 'follow it until it serves')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

It is kept for an hour, and folds what it has missed before it serves.

Example:
  playhead rollback bandwidth --watch`,
    )
    .action((name: string, options: RebuildOptions) => follow('rollBackProjection', name, options));
  withRemote(program.command('cancel'))
    .description('end the rebuild of a read model; the one that serves goes on')
    .argument('<name>', 'the read model')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

Example:
  playhead cancel bandwidth`,
    )
    .action(async (name: string, options: object) => {
      const status = await order(Remote.of(options, context), 'cancelRebuild', name);
      terminal.result(status, [summaryOf(status, 'rebuildProjection')]);
    });
};

/** The orders that make a read model anew, and the words for each. */
const WORDS = {
  rebuildProjection: {
    doing: 'rebuilding',
    underWay: 'is being rebuilt; it serves as it is until the new one takes its place',
    done: 'is rebuilt',
    undone: 'was not rebuilt',
  },
  rollBackProjection: {
    doing: 'bringing back',
    underWay: 'comes back as it was before the last rebuild; until then it serves as it is',
    done: 'is back as it was before the last rebuild',
    undone: 'did not come back',
  },
} as const;

type Order = keyof typeof WORDS;

interface Watching {
  readonly what: Order;
  readonly remote: Remote;
  readonly context: CommandContext;
}

interface RebuildOptions extends RemoteOptions {
  readonly watch?: boolean;
}

const statusOf = async (remote: Remote, name: string): Promise<ProjectionStatus | undefined> =>
  (await statusesOf(remote)).find((one) => one.name === name);

/** The time between two looks at a rebuild, in milliseconds. */
const LOOK_MS = 250;
/** The longest time in milliseconds in which no node tells of the rebuild. */
const NEWS_MS_MAX = 10_000;

/**
 * Follows a rebuild to its end; throws an Error if it came to nothing. Each look may be answered by
 * another node, which learns of the rebuild, and of its end, a little later.
 */
async function watch(
  begun: ProjectionStatus,
  before: ProjectionStatus,
  { what, remote, context: { interruption, terminal } }: Watching,
): Promise<ProjectionStatus> {
  const { name } = begun;
  const { doing, undone } = WORDS[what];
  const progress = terminal.progress(`${doing} ${name}`);
  const isOver = ({ rebuildProgress, lastRebuild }: ProjectionStatus): boolean =>
    rebuildProgress === null && lastRebuild?.at !== before.lastRebuild?.at;
  let status: ProjectionStatus | undefined = begun;
  let unheardMs = 0;
  try {
    while (status !== undefined && !isOver(status) && unheardMs < NEWS_MS_MAX) {
      const { rebuildProgress } = status;
      unheardMs = rebuildProgress === null ? unheardMs + LOOK_MS : 0;
      if (rebuildProgress !== null) progress.update(rebuildProgress, 1, paceOf(status));
      await pause(LOOK_MS, undefined, { signal: interruption });
      status = await statusOf(remote, name);
    }
  } catch (cause) {
    if (!interruption.aborted) throw cause;
    const goesOn = 'it goes on; npm run cli -- projections shows how far it is';
    throw new Error(`interrupted ${doing} ${name}: ${goesOn}`, { cause });
  } finally {
    progress.end();
  }
  if (status === undefined || !isOver(status)) {
    throw new Error(`${name}: no node tells of the rebuild; npm run cli -- projections shows it`);
  }
  if (status.lastRebuild?.outcome !== 'SWITCHED') {
    throw new Error(`${name} ${undone}: ${status.lastRebuild?.detail ?? ''}`);
  }
  return status;
}

const paceOf = ({ rebuildEventsPerSecond, rebuildTimeLeft }: ProjectionStatus): Pace => ({
  perSecond: rebuildEventsPerSecond ?? undefined,
  secondsLeft: rebuildTimeLeft ?? undefined,
});

function summaryOf({ name, rebuildProgress, lastRebuild }: ProjectionStatus, what: Order): string {
  const { underWay, done } = WORDS[what];
  if (rebuildProgress !== null) return `${name} ${underWay}.`;
  const { outcome = 'NONE', detail = '' } = lastRebuild ?? {};
  return outcome === 'SWITCHED'
    ? `${name} ${done}: ${detail}.`
    : `${name} serves as before: ${outcome.toLowerCase()}, ${detail}.`;
}

/** Says how many events the read model lacks, and how to go back to the one before it. */
function parkedLines(
  { name, parkedEvents, rebuildProgress, canRollBack }: ProjectionStatus,
  what: Order,
): readonly string[] {
  if (rebuildProgress !== null || !(parkedEvents > 0)) return [];
  const are = parkedEvents === 1 ? 'is' : 'are';
  return [
    `It lacks ${formatCounted(parkedEvents, 'event')} that ${are} parked: see parked ${name}.`,
    ...(canRollBack && what === 'rebuildProjection'
      ? [`For an hour, rollback ${name} brings back the read model before it.`]
      : []),
  ];
}
