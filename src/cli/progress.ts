import { SingleBar } from 'cli-progress';
import { SECOND_MS } from '../domain/time.js';
import { formatBytes, formatCount, formatDuration } from './format.js';

/** Shows the progress of some work: a bar on a terminal, elsewhere a line every few seconds. */
export class Progress {
  private readonly bar: SingleBar | undefined;
  private begin: { readonly atMs: number; readonly done: number } | undefined;
  private lastLineMs: number;
  /** The facts shown beside the bar, the more important ones first. */
  private told: readonly string[] = [];

  constructor(private readonly options: ProgressOptions) {
    const { isTerminal, stream, now } = options;
    this.lastLineMs = now();
    if (!isTerminal) return;
    const format = (_: unknown, { progress }: { readonly progress: number }): string =>
      barLine(options.what, progress, this.told);
    this.bar = new SingleBar({ format, stream, clearOnComplete: true, gracefulExit: false });
  }

  /** Shows the progress; the pace is measured here unless the caller knows it better. */
  update(done: number, total: number, known?: Pace): void {
    const now = this.options.now();
    const { perSecond, secondsLeft } = known ?? this.paceOf(done, total, now);
    const { what, unit, stream } = this.options;
    const rate = perSecond === undefined ? [] : [`${amountOf(perSecond, unit ?? 'events')}/s`];
    const left = secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`];
    if (this.bar !== undefined) {
      const count = unit === undefined ? [] : [countOf(done, total, unit)];
      this.told = [...count, ...left, ...rate];
      if (this.bar.isActive) this.bar.setTotal(total);
      else this.bar.start(total, done);
      this.bar.update(done);
    } else if (now - this.lastLineMs >= LINE_INTERVAL_MS) {
      this.lastLineMs = now;
      const percent = `${String(total === 0 ? 100 : Math.floor((100 * done) / total))} %`;
      const share = unit === undefined ? percent : `${countOf(done, total, unit)} (${percent})`;
      stream.write(`${what}: ${[share, ...rate, ...left].join(', ')}\n`);
    }
  }

  /** Removes the bar. */
  end(): void {
    this.bar?.stop();
  }

  /** Returns the mean rate since the first update, and the time left at that rate. */
  private paceOf(done: number, total: number, now: number): Pace {
    this.begin ??= { atMs: now, done };
    const elapsedMs = now - this.begin.atMs;
    const perSecond = elapsedMs > 0 ? ((done - this.begin.done) * SECOND_MS) / elapsedMs : 0;
    if (perSecond === 0) return { perSecond: undefined, secondsLeft: undefined };
    return { perSecond, secondsLeft: (total - done) / perSecond };
  }
}

/** The time between two lines where there is no terminal, in milliseconds. */
const LINE_INTERVAL_MS = 5_000;

export interface ProgressOptions {
  /** True if written text can be overwritten. */
  readonly isTerminal: boolean;
  readonly stream: NodeJS.WritableStream;
  /** The name of the work, such as `copying`. */
  readonly what: string;
  /** The unit of the count, such as `events`; undefined where only the share is known. */
  readonly unit: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The speed of the work and the time that it still takes; undefined where not known. */
export interface Pace {
  /** In the unit of the count, or in events. */
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** The columns of the narrowest usual terminal. */
const WIDTH_MAX = 80;
const BAR_WIDTH_MIN = 5;
const BAR_WIDTH_MAX = 30;

/** Draws a bar in the room that the words leave; where it lacks room, the last words go. */
export function barLine(what: string, share: number, told: readonly string[]): string {
  const percent = `${String(Math.floor(100 * share))} %`;
  const words = [percent, ...told].join(' | ');
  const room = WIDTH_MAX - what.length - words.length - ' [] '.length;
  if (room < BAR_WIDTH_MIN && told.length > 0) return barLine(what, share, told.slice(0, -1));
  const width = Math.max(BAR_WIDTH_MIN, Math.min(BAR_WIDTH_MAX, room));
  const full = Math.round(share * width);
  return `${what} [${'='.repeat(full)}${'-'.repeat(width - full)}] ${words}`;
}

const isBytes = (unit: string): boolean => unit === 'bytes';

/** Writes an amount with its unit; an amount of bytes as a size. */
const amountOf = (amount: number, unit: string): string =>
  isBytes(unit) ? formatBytes(amount) : `${formatCount(Math.round(amount))} ${unit}`;

const countOf = (done: number, total: number, unit: string): string =>
  isBytes(unit)
    ? `${formatBytes(done)} of ${formatBytes(total)}`
    : `${formatCount(done)} of ${formatCount(total)} ${unit}`;
