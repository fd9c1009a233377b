import type { Command } from 'commander';
import type { Terminal, TerminalOptions } from './terminal.js';

/** The surroundings that each command is given. */
export interface CommandContext extends TerminalOptions {
  /** Aborted when the user asks the command to end. */
  readonly interruption: AbortSignal;
  readonly terminal: Terminal;
}

/** Adds a command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;
