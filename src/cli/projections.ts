import type { AddCommand } from './command.js';
import { formatCount } from './format.js';
import { statusesOf, type ProjectionStatus } from './projection-status.js';
import { Remote, REMOTE_HELP, withRemote } from './remote.js';
import { tableOf } from './table.js';

/** `projections`: lists the read models and how far each is. */
export const addProjections: AddCommand = (program, context) => {
  withRemote(program.command('projections'))
    .description('show how far each read model is')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

LAG is the age of the oldest event that is not applied, EVENTS how many those
are. REBUILD is how far one is, or how the last one ended, and when (UTC).

Examples:
  playhead projections
  playhead projections --json --url http://analytics.example:3000`,
    )
    .action(async (options: object) => {
      const statuses = await statusesOf(Remote.of(options, context));
      context.terminal.result(statuses, tableOf(HEADINGS, statuses.map(rowOf)));
    });
};

const HEADINGS = ['READ MODEL', 'STATE', 'LAG', 'EVENTS', 'PARKED', 'REBUILD', 'GENERATION'];

function rowOf(status: ProjectionStatus): readonly string[] {
  const { name, version, state, lagSeconds, lagEvents, parkedEvents, generation } = status;
  return [
    name,
    state,
    `${lagSeconds.toFixed(1)} s`,
    lagEvents === null ? '-' : formatCount(lagEvents),
    formatCount(parkedEvents),
    rebuildOf(status),
    generation === null ? '-' : `${String(generation)} (version ${String(version)})`,
  ];
}

function rebuildOf({ rebuildProgress, lastRebuild }: ProjectionStatus): string {
  if (rebuildProgress !== null) return `${String(Math.floor(100 * rebuildProgress))} %`;
  if (lastRebuild === null) return '-';
  return `${lastRebuild.outcome.toLowerCase()} ${lastRebuild.at.slice(0, 10)}`;
}
