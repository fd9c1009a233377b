import { SingleBar } from 'cli-progress';
import { SECOND_MS } from '../domain/time.js';

/** Between two lines where there is no terminal, in milliseconds. */
const LINE_INTERVAL_MS = 5_000;
const MINUTE_S = 60;

export interface ProgressOptions {
  /** Whether what is written can be overwritten. */
  readonly isTerminal: boolean;
  readonly stream: NodeJS.WritableStream;
  /** What is done, such as `copying`. */
  readonly what: string;
  /** What is counted, such as `events`; undefined where only the share is known. */
  readonly unit: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Shows how far something is: a bar on a terminal, elsewhere a line every few seconds. */
export class Progress {
  private readonly bar: SingleBar | undefined;
  private begin: { readonly atMs: number; readonly done: number } | undefined;
  private lastLineMs: number;

  constructor(private readonly options: ProgressOptions) {
    const { isTerminal, stream, what, unit, now } = options;
    this.lastLineMs = now();
    if (!isTerminal) return;
    const count = unit === undefined ? '' : ` | {value} of {total} ${unit}`;
    const format = `${what} [{bar}] {percentage} %${count} | {pace}`;
    this.bar = new SingleBar({ format, stream, clearOnComplete: true, gracefulExit: false });
  }

  /** The pace is told by whoever knows it better than what was seen here. */
  update(done: number, total: number, told?: string): void {
    const now = this.options.now();
    const pace = told ?? this.paceOf(done, total, now);
    if (this.bar !== undefined) {
      if (this.bar.isActive) this.bar.setTotal(total);
      else this.bar.start(total, done, { pace });
      this.bar.update(done, { pace });
    } else if (now - this.lastLineMs >= LINE_INTERVAL_MS) {
      this.lastLineMs = now;
      const { what, unit, stream } = this.options;
      const share = total === 0 ? 100 : Math.floor((100 * done) / total);
      const percent = `${String(share)} %`;
      const count = `${formatCount(done)} of ${formatCount(total)} ${unit ?? ''} (${percent})`;
      stream.write(`${what}: ${unit === undefined ? percent : count}, ${pace}\n`);
    }
  }

  /** Takes the bar away. */
  end(): void {
    this.bar?.stop();
  }

  /** The mean rate since the first update, and the time left at that rate. */
  private paceOf(done: number, total: number, now: number): string {
    this.begin ??= { atMs: now, done };
    const elapsedMs = now - this.begin.atMs;
    const rate = elapsedMs > 0 ? ((done - this.begin.done) * SECOND_MS) / elapsedMs : 0;
    const left = rate > 0 ? formatSeconds((total - done) / rate) : '?';
    return `${formatCount(Math.round(rate))}/s, ${left} left`;
  }
}

/** Thousands by commas, whatever the machine's language. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / MINUTE_S ** 2),
    Math.floor(whole / MINUTE_S) % MINUTE_S,
    whole % MINUTE_S,
  ];
  const parts = hours > 0 ? [hours, minutes, rest] : [minutes, rest];
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
