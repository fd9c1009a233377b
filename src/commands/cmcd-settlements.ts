import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { trackFrom } from '../domain/cmcd/cmcd-track.js';
import { settlesAt } from '../domain/cmcd/translate.js';
import type { PlaybackSession } from '../domain/session-state.js';
import type { CmcdSender } from '../domain/streamed-session.js';
import { SECOND_MS } from '../domain/time.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { REPORT_PLACES, type ReportPlaces } from '../ports/report-places.js';
import { sessionKey } from './by-session.js';
import type { CommandOutcome } from './command-outcome.js';
import { PlaybackStreams } from './playback-streams.js';

/**
 * Settles sessions of CMCD reports that wait, after they have waited long enough without anything
 * else. If a node dies, the session's next report settles what it had planned, or else its timeout:
 * the log holds what waits.
 */
@Injectable()
export class CmcdSettlements implements BeforeApplicationShutdown {
  private readonly timers = new Map<
    string,
    { readonly timer: NodeJS.Timeout; readonly now: () => void }
  >();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly settling = new Map<string, Promise<void>>();
  private isStopping = false;

  constructor(
    private readonly streams: PlaybackStreams,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(REPORT_PLACES) private readonly places: ReportPlaces,
  ) {}

  /** Counts what a command found out of its place, and plans what is to be settled after it. */
  follow(sender: CmcdSender, outcome: Done): void {
    this.count(outcome);
    this.plan(sender, outcome.state);
  }

  private count({ own }: Done): void {
    const [before, after] = [trackFrom(own.before.cmcd), trackFrom(own.after.cmcd)];
    this.places.passedOver(after.passedOver - before.passedOver);
    this.places.cameLate(after.late - before.late);
  }

  /** Plans the settlement of a session as it is by now, in place of an earlier plan. */
  private plan(sender: CmcdSender, session: PlaybackSession): void {
    const key = sessionKey(sender);
    clearTimeout(this.timers.get(key)?.timer);
    this.timers.delete(key);
    const dueAt = settlesAt(trackFrom(session.cmcd));
    if (dueAt === undefined) this.tell(key);
    else this.wait(sender, key, Math.max(0, dueAt - this.clock.now()));
  }

  /** Resolves once nothing of a session waits any more, or what waited was settled. */
  settled(sender: CmcdSender): Promise<void> {
    const key = sessionKey(sender);
    if (!this.timers.has(key)) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]);
    });
  }

  /** Settles all sessions that wait, as this node will not be there to do it later. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const { now } of this.timers.values()) now();
    await Promise.all(this.settling.values());
  }

  private tell(key: string): void {
    for (const resolve of this.waiting.get(key) ?? []) resolve();
    this.waiting.delete(key);
  }

  private wait(sender: CmcdSender, key: string, delayMs: number): void {
    if (this.timers.size >= PLANNED_MAX || this.isStopping) return;
    const now = (): void => {
      clearTimeout(this.timers.get(key)?.timer);
      this.timers.delete(key);
      const settling = this.settle(sender, key).finally(() => {
        this.settling.delete(key);
        this.tell(key);
      });
      this.settling.set(key, settling);
    };
    this.timers.set(key, { timer: setTimeout(now, delayMs).unref(), now });
  }

  private async settle(sender: CmcdSender, key: string): Promise<void> {
    const now = this.isStopping ? Infinity : this.clock.now();
    const input = { kind: 'settle', now } as const;
    const command = { kind: 'cmcd', ...sender, inputs: [input] } as const;
    const { mediaId, sessionId } = sender;
    const [outcome] = await this.streams.execute(mediaId, sessionId, [command]);
    if (outcome?.kind === 'done') {
      this.count(outcome);
      // A report that came meanwhile has made a plan of its own.
      if (!this.timers.has(key)) this.plan(sender, outcome.state);
      return;
    }
    log.warn(`a session waits to be settled: ${outcome?.error.message ?? 'no outcome'}`);
    const mayPass = outcome === undefined || MAY_PASS.includes(outcome.error.code);
    if (mayPass && !this.timers.has(key)) this.wait(sender, key, RETRY_MS);
  }
}

/** Sessions that wait here to be settled; the timeout of a session settles what is beyond. */
const PLANNED_MAX = 100_000;
const RETRY_MS = 5 * SECOND_MS;
/** The errors that pass by themselves: a session is then settled later. */
const MAY_PASS: readonly string[] = ['STORE_UNAVAILABLE', 'CONFLICT', 'INTERNAL'];

type Done = Extract<CommandOutcome<PlaybackSession>, { kind: 'done' }>;

const log = new Logger('Cmcd');
