import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { trackFrom } from '../domain/cmcd/cmcd-track.js';
import { settlesAt } from '../domain/cmcd/translate.js';
import type { PlaybackSession } from '../domain/session-state.js';
import type { CmcdSender } from '../domain/streamed-session.js';
import { KEY_SEPARATOR } from '../domain/text.js';
import { SECOND_MS } from '../domain/time.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { PlaybackStreams } from './playback-streams.js';

/** Sessions that wait here to be settled; the timeout of a session settles what is beyond. */
const PLANNED_MAX = 100_000;
const RETRY_MS = 5 * SECOND_MS;

const log = new Logger('Cmcd');

/**
 * Settles sessions of CMCD reports of which something waits, once it has waited long enough and
 * nothing else came. What a node that is gone had planned is settled by the session's next report,
 * else by its timeout: the log holds what waits.
 */
@Injectable()
export class CmcdSettlements implements OnApplicationShutdown {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly streams: PlaybackStreams,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Plans the settlement of a session as it is by now, in place of an earlier plan. */
  plan(sender: CmcdSender, session: PlaybackSession): void {
    const key = `${sender.mediaId}${KEY_SEPARATOR}${sender.sessionId}`;
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    const dueAt = settlesAt(trackFrom(session.cmcd));
    if (dueAt === undefined) return;
    this.wait(sender, key, Math.max(0, dueAt - this.clock.now()));
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private wait(sender: CmcdSender, key: string, delayMs: number): void {
    if (this.timers.size >= PLANNED_MAX) return;
    const settle = (): void => {
      this.timers.delete(key);
      void this.settle(sender, key);
    };
    this.timers.set(key, setTimeout(settle, delayMs).unref());
  }

  private async settle(sender: CmcdSender, key: string): Promise<void> {
    const input = { kind: 'settle', now: this.clock.now() } as const;
    const command = { kind: 'cmcd', ...sender, input } as const;
    const { mediaId, sessionId } = sender;
    const [outcome] = await this.streams.execute(mediaId, sessionId, [command]);
    if (outcome?.kind === 'done') {
      // A report that came meanwhile has made a plan of its own.
      if (!this.timers.has(key)) this.plan(sender, outcome.state);
      return;
    }
    log.warn(`a session waits to be settled: ${outcome?.error.message ?? 'no outcome'}`);
    if (!this.timers.has(key)) this.wait(sender, key, RETRY_MS);
  }
}
