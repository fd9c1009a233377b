import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { quote } from '../domain/text.js';
import { MINUTE_MS } from '../domain/time.js';
import { Telemetry } from '../telemetry/telemetry.js';

/**
 * Logs the quality labels of players that name no quality. Their events count at the quality of
 * their session's last event, so that nobody would notice otherwise.
 */
@Injectable()
export class UnknownLabels implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly counts = new Map<string, number>();
  private events = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly telemetry: Telemetry) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.tell();
    }, MINUTE_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.tell();
  }

  /** Counts an accepted event whose label names no quality. */
  note(label: string): void {
    this.telemetry.notedUnknownLabel();
    this.events += 1;
    const count = this.counts.get(label);
    if (count === undefined && this.counts.size >= LABELS_COUNTED_MAX) return;
    this.counts.set(label, (count ?? 0) + 1);
  }

  /** Logs the most frequent labels since the last log line, if any, and begins anew. */
  tell(): void {
    if (this.events === 0) return;
    const most = [...this.counts].sort(([, a], [, b]) => b - a).slice(0, LABELS_NAMED_MAX);
    const named = most.map(([label, count]) => `${quote(label)} ${String(count)}`).join(', ');
    const events = `${String(this.events)} events`;
    log.warn(`${events} have a quality label that names no quality, most often: ${named}`);
    this.counts.clear();
    this.events = 0;
  }
}

/** The most labels that are counted between two log lines; players make up any number of them. */
const LABELS_COUNTED_MAX = 1_000;
/** The most labels that a log line names. */
const LABELS_NAMED_MAX = 10;
const log = new Logger('Ingest');
