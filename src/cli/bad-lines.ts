import { formatCount } from './format.js';
import type { Terminal } from './terminal.js';

/** The reason why a line is bad. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** A line of a file that breaks a rule. */
interface BadLine extends Reason {
  /** Counted from 1. */
  readonly line: number;
}

/** Bad lines that are kept and named; the others are counted. */
const NAMED_MAX = 100;

/** The bad lines of a file, of which there may be any number. */
export class BadLines {
  private readonly first: BadLine[] = [];
  private readonly byReason = new Map<string, number>();
  private counted = 0;

  /** The first bad lines. */
  get named(): readonly BadLine[] {
    return this.first;
  }

  /** The number of all bad lines. */
  get count(): number {
    return this.counted;
  }

  /** The number of bad lines for each reason; reasons beyond the first ones count as others. */
  get reasons(): ReadonlyMap<string, number> {
    return this.byReason;
  }

  add(line: number, { code, message }: Reason): void {
    this.counted += 1;
    const isKnown = this.byReason.has(message) || this.byReason.size < NAMED_MAX;
    const reason = isKnown ? message : 'others';
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1);
    if (this.first.length < NAMED_MAX) this.first.push({ line, code, message });
  }

  /** Names the first bad lines, each in a line, and says how many more there are. */
  tell(terminal: Terminal): void {
    for (const { line, code, message } of this.named) {
      terminal.note(`line ${String(line)}: ${code}: ${message}`);
    }
    const more = this.counted - this.named.length;
    if (more > 0) terminal.note(`and ${formatCount(more)} more`);
  }
}
