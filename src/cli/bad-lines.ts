import { formatCounted } from './format.js';
import type { Terminal } from './terminal.js';

/** Bad lines that are named; the others are counted. */
export const BAD_LINES_NAMED_MAX = 100;

/** A line of a file that breaks a rule. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** Lines of a file cannot be taken; nothing of it was sent. */
export class BadLines extends Error {
  constructor(
    /** The first of them. */
    readonly bad: readonly BadLine[],
    count: number,
    /** What is not done with them, such as `imported`. */
    done: string,
  ) {
    super(
      `${formatCounted(count, 'line')} cannot be ${done}; nothing was sent. Correct the file first`,
    );
    this.name = 'BadLines';
  }
}

/** Names bad lines, each in a line. */
export function tellBad(bad: readonly BadLine[], terminal: Terminal): void {
  for (const { line, code, message } of bad) {
    terminal.note(`line ${String(line)}: ${code}: ${message}`);
  }
}
