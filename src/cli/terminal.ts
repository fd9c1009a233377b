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
 * The outputs of a command: its result goes to stdout, for people or as one JSON value; all else,
 * such as progress and failures, goes to stderr.
 */
export class Terminal {
  /** True if the result is wanted as JSON. */
  isJson = false;
  /** The number of lines of the result shown last. */
  private shown = 0;

  constructor(private readonly options: TerminalOptions) {}

  /** Prints the result of a command: as JSON, or in its lines for people. */
  result(value: unknown, lines: readonly string[]): void {
    const text = this.isJson ? JSON.stringify(value, undefined, 2) : lines.join('\n');
    this.options.stdout.write(`${text}\n`);
  }

  /** Prints a result that takes the place of the one before: on a terminal, on top of it. */
  show(value: unknown, lines: readonly string[]): void {
    const { stdout, environment } = this.options;
    const isScreen = stdout.isTTY === true && environment.TERM !== 'dumb';
    const text = this.isJson ? JSON.stringify(value) : lines.join('\n');
    const isOnTop = isScreen && !this.isJson && this.shown > 0;
    stdout.write(`${isOnTop ? `\u001b[${String(this.shown)}A\u001b[0J` : ''}${text}\n`);
    this.shown = lines.length;
  }

  /** Prints one more result of a command that has many. */
  add(value: unknown, line: string): void {
    this.options.stdout.write(`${this.isJson ? JSON.stringify(value) : line}\n`);
  }

  /** Prints a line that is no result. */
  note(line: string): void {
    this.shown = 0;
    this.options.stderr.write(`${line}\n`);
  }

  /** Prints the reason why the command failed, in one line. */
  fail(message: string): void {
    // styleText would check the process's own stream, which may not be the one written to.
    const options = { validateStream: false };
    const name = this.isColoured ? styleText('red', 'playhead:', options) : 'playhead:';
    this.note(`${name} ${message}`);
  }

  progress(what: string, unit?: string): Progress {
    const stream = this.options.stderr;
    return new Progress({ isTerminal: this.isInteractive, stream, what, unit, now: Date.now });
  }

  /** True if text on stderr can be overwritten. */
  private get isInteractive(): boolean {
    const { stderr, environment } = this.options;
    return stderr.isTTY === true && environment.TERM !== 'dumb';
  }

  /** Any NO_COLOR but the empty one switches colours off (https://no-color.org). */
  private get isColoured(): boolean {
    return this.isInteractive && (this.options.environment.NO_COLOR ?? '') === '';
  }
}
