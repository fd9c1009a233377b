/** A Ctrl-C may arrive twice, from the terminal and passed on by npm: both count as one. */
const SAME_SIGNAL_MS = 200;

/** The error of a command that was asked to end before it was done. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Returns a signal that the first SIGINT or SIGTERM aborts; a second one ends the process. */
export function interruptionOf(program: NodeJS.Process): AbortSignal {
  const interruption = new AbortController();
  let since: number | undefined;
  const onSignal = (): void => {
    if (since !== undefined && Date.now() - since > SAME_SIGNAL_MS) program.exit(1);
    since ??= Date.now();
    interruption.abort(new Interrupted());
  };
  program.on('SIGINT', onSignal);
  program.on('SIGTERM', onSignal);
  return interruption.signal;
}
