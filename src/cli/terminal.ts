import { styleText } from 'node:util';
import { Progress } from './progress.js';

/** A stream to write to that may be a terminal. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * How every command speaks: its result goes to stdout, for people or as one JSON value; all else,
 * such as progress and failures, goes to stderr.
 */
export class Terminal {
  /** Whether the result is wanted as JSON. */
  isJson = false;

  constructor(private readonly options: TerminalOptions) {}

  /** The result of a command, and the same in lines for people. */
  result(value: unknown, lines: readonly string[]): void {
    const text = this.isJson ? JSON.stringify(value, undefined, 2) : lines.join('\n');
    this.options.stdout.write(`${text}\n`);
  }

  /** Says something that is no result. */
  note(line: string): void {
    this.options.stderr.write(`${line}\n`);
  }

  /** Why the command failed, in one line. */
  fail(message: string): void {
    // What it would check is the process's own stream, which may not be ours.
    const options = { validateStream: false };
    const name = this.isColoured ? styleText('red', 'playhead:', options) : 'playhead:';
    this.note(`${name} ${message}`);
  }

  progress(what: string, unit?: string): Progress {
    const stream = this.options.stderr;
    return new Progress({ isTerminal: this.isInteractive, stream, what, unit, now: Date.now });
  }

  /** Whether what is written to stderr can be overwritten. */
  private get isInteractive(): boolean {
    const { stderr, environment } = this.options;
    return stderr.isTTY === true && environment.TERM !== 'dumb';
  }

  /** https://no-color.org: any value but the empty one switches colours off. */
  private get isColoured(): boolean {
    return this.isInteractive && (this.options.environment.NO_COLOR ?? '') === '';
  }
}
