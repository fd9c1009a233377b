import type { Command } from 'commander';
import { quote } from '../domain/text.js';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';
import { formatCounted } from './format.js';
import { retryParked, skipParked, type ProjectionStatus } from './projection-status.js';
import { Remote, REMOTE_HELP, withRemote } from './remote.js';
import { tableOf } from './table.js';

/** A parked event as the API tells of it. */
interface ParkedEvent {
  readonly id: string;
  readonly position: string;
  readonly logPosition: number;
  readonly document: string | null;
  readonly reason: string;
  readonly parkedAt: string;
  readonly skipped: string | null;
}

const QUERY = `query($projection: String!) { parkedEvents(projection: $projection) {
  id position logPosition document reason parkedAt skipped } }`;
const HEADINGS = ['ID', 'POSITION', 'PARKED AT', 'DOCUMENT', 'REASON', 'GIVEN UP'];

/** The beginning of the reasons for unreadable events; errors of a fold keep their names. */
const OUR_ERRORS = /^(DamagedEventError|UndecodableEvent): /;

interface SkipOptions {
  readonly reason: string;
}

/** `parked`: lists the events that a read model could not take; retries them or gives one up. */
export const addParked: AddCommand = (program, context) => {
  const { terminal } = context;
  const parked = withRemote(program.command('parked'))
    .description('list the events that a read model could not take; try them again, or give one up')
    .argument('<name>', 'the read model')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

A document that lacks an event takes none after it, so that none overtakes;
answers that touch it say so in extensions.parked. Correct the code, start it,
and retry; or give the event up and say why.

Examples:
  playhead parked bandwidth
  playhead parked retry bandwidth
  playhead parked skip bandwidth ID --reason 'a test event'`,
    )
    .action(async (projection: string, options: object) => {
      const remote = Remote.of(options, context);
      const events = await remote.ask<readonly ParkedEvent[]>(QUERY, { projection });
      const none = [`${projection} has no parked events.`];
      terminal.result(events, events.length === 0 ? none : tableOf(HEADINGS, events.map(rowOf)));
    });
  withRemote(parked.command('retry'))
    .description('try the parked events of a read model again, in the order of the log')
    .argument('<name>', 'the read model')
    .addHelpText('after', '\nExample:\n  playhead parked retry bandwidth')
    .action(async (name: string, _options: object, command: Command) => {
      const status = await retryParked(Remote.of(command.optsWithGlobals(), context), name);
      terminal.result(status, [summaryOf(status)]);
    });
  withRemote(parked.command('skip'))
    .description('give a parked event up, then try those that waited for it')
    .argument('<name>', 'the read model')
    .argument('<id>', 'of the event, as `parked` lists it')
    .requiredOption('--reason <text>', 'why; it is kept with the event')
    .addHelpText('after', "\nExample:\n  playhead parked skip bandwidth ID --reason 'a test event'")
    .action(async (projection: string, id: string, { reason }: SkipOptions, command: Command) => {
      const remote = Remote.of(command.optsWithGlobals(), context);
      const events = await remote.ask<readonly ParkedEvent[]>(QUERY, { projection });
      const { skipped = null, logPosition } = events.find((one) => one.id === id) ?? {};
      if (skipped !== null) {
        throw new WrongUsage(`that event was given up already: ${quote(skipped)}`);
      }
      const status = await skipParked(remote, { projection, id, reason });
      const given = `The event at position ${String(logPosition)} is given up.`;
      terminal.result(status, [given, summaryOf(status)]);
    });
};

const rowOf = ({
  id,
  logPosition,
  document,
  reason,
  parkedAt,
  skipped,
}: ParkedEvent): readonly string[] => [
  id,
  String(logPosition),
  parkedAt,
  document ?? '(cannot be read)',
  reason.replace(OUR_ERRORS, ''),
  skipped ?? '-',
];

function summaryOf({ name, parkedEvents }: ProjectionStatus): string {
  if (parkedEvents === 0) return `No event of ${name} waits.`;
  const wait = parkedEvents === 1 ? 'waits' : 'wait';
  return `${formatCounted(parkedEvents, 'event')} of ${name} still ${wait}.`;
}
