import { Command, InvalidArgumentError } from 'commander';
import { addressFault, serverUrlOf } from '../src/cli/server-url.js';

/** The options of a run of the demo. */
export interface DemoOptions {
  /** True if the demo ends once it has shown everything. */
  readonly exit?: boolean;
  /** The address of a server that is there already, and empty. */
  readonly server?: string;
}

/** Makes the demo's command line; it throws CommanderError for a wrong call, and for --help. */
export const createCall = (): Command =>
  new Command('npm run demo --')
    .description(
      "Starts a server in a temporary folder, sends it two weeks' audience made of recorded " +
        'sessions, prints what it says of them, and stays up until Ctrl-C.',
    )
    .option('--exit', 'end once everything is shown')
    .option('--server <url>', 'play to this empty server instead, and leave it', urlOf)
    .addHelpText(
      'after',
      `
PORT is the port of its server: 3000 if that is free, else another.
Ends with 0 if all is well, 1 if it failed or was interrupted, 2 if it was
called wrongly.

Examples:
  npm run demo
  PORT=0 npm run demo -- --exit`,
    )
    .configureOutput({ outputError: () => undefined })
    .exitOverride();

function urlOf(text: string): string {
  const url = serverUrlOf(text);
  if (url === undefined) throw new InvalidArgumentError(`It ${addressFault(text)}.`);
  return url;
}
