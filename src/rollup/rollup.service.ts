import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { AdministerProjectionCommand } from '../commands/administer-projection.command.js';
import { messageWithCauses } from '../domain/errors.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/time.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import type { Lease } from '../ports/lease.js';
import { RollupWindowQuery, type RollupWindow } from '../queries/rollup-window.query.js';
import { IdleSessionEnder, type Endings } from './idle-session-ender.js';

export const ROLLUP_SETTINGS = Symbol('RollupSettings');

export const ROLLUP_NODE = Symbol('RollupNode');

/** Runs the rollup: ends idle sessions, retires old buckets, totals a window. */
@Injectable()
export class RollupService implements OnApplicationBootstrap, OnApplicationShutdown {
  private running: Promise<unknown> = Promise.resolve();
  private readonly ender: IdleSessionEnder;

  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
    private readonly scheduler: SchedulerRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ROLLUP_SETTINGS) private readonly settings: RollupSettings,
    @Inject(ROLLUP_NODE) private readonly node: RollupNode,
  ) {
    this.ender = new IdleSessionEnder(commandBus, queryBus);
  }

  onApplicationBootstrap(): void {
    if (this.settings.cron === undefined) return;
    const onTick = (): Promise<void> => this.runScheduled();
    const job = CronJob.from({
      cronTime: this.settings.cron,
      onTick,
      waitForCompletion: true,
      timeZone: 'UTC',
    });
    this.scheduler.addCronJob('rollup', job);
    job.start();
  }

  /** Runs now, or after the run under way. The window ends now and has whole minutes. */
  run(windowMs: number): Promise<RollupReport> {
    const endingMs = this.settings.requestTimeoutSeconds * SECOND_MS * ENDING_SHARE;
    const deadline = performance.now() + endingMs;
    const run = this.running.then(() => this.runAlone(windowMs, deadline));
    this.running = run.catch(() => undefined);
    return run;
  }

  /** Releases the lease, so that another node need not wait until it runs out. */
  async onApplicationShutdown(): Promise<void> {
    try {
      await this.node.lease.release();
    } catch (error) {
      this.node.log.debug(`the rollup's lease runs out by itself: ${messageWithCauses(error)}`);
    }
  }

  /** Runs on one node of several. A requested run needs no lease: two at a time do no harm. */
  private async runScheduled(): Promise<void> {
    try {
      if (!(await this.node.lease.tryHold())) {
        // The sessions left over are the other node's now.
        this.node.telemetry.leftOver(0);
        return;
      }
      const { sessionsTimedOut, views } = await this.run(SCHEDULED_WINDOW_MS);
      this.node.log.debug(
        `rollup: ${String(sessionsTimedOut)} sessions ended, ${String(views)} views`,
      );
    } catch (error) {
      this.node.log.error(`rollup failed, the next run tries again: ${messageWithCauses(error)}`);
    }
  }

  private async runAlone(windowMs: number, deadline: number): Promise<RollupReport> {
    const { sessionsTimedOut, position } = await this.endIdleSessions(deadline);
    await this.retireBuckets();
    const minutes = Math.ceil(windowMs / MINUTE_MS);
    const totals = await this.queryBus.execute(new RollupWindowQuery(minutes));
    return { ...totals, sessionsTimedOut, position };
  }

  private async endIdleSessions(deadline: number): Promise<Endings> {
    const { log, telemetry } = this.node;
    const idleSince = this.clock.now() - this.settings.sessionTimeoutSeconds * SECOND_MS;
    const endings = await this.ender.end(idleSince, () => performance.now() >= deadline);
    const { failed, failure, leftOver } = endings;
    if (failed > 0) {
      log.error(
        `rollup: idle sessions that could not be ended: ${String(failed)}; ` +
          `the next run tries them again: ${messageWithCauses(failure)}`,
      );
    }
    if (leftOver > 0) {
      log.warn(
        `rollup: idle sessions that the time did not suffice for: ${String(leftOver)}; ` +
          'the next run goes on with them',
      );
    }
    telemetry.leftOver(leftOver);
    return endings;
  }

  private async retireBuckets(): Promise<void> {
    const { retentionDays } = this.settings;
    if (retentionDays === undefined) return;
    const before = this.clock.now() - retentionDays * DAY_MS - RETIREMENT_DELAY_MS;
    await this.commandBus.execute(new AdministerProjectionCommand({ kind: 'retire', before }));
  }
}

/**
 * The share of the time for an answer that ending sessions may take, with any wait for the run
 * before. The rest is for the page under way, retention and the totals.
 */
const ENDING_SHARE = 0.5;
/** The time that buckets outlive the retention of queries: late events may still come for them. */
const RETIREMENT_DELAY_MS = 32 * DAY_MS;
/** The window that a scheduled run totals. */
const SCHEDULED_WINDOW_MS = HOUR_MS;

export interface RollupSettings {
  /** A cron expression, with or without seconds; undefined runs on request only. */
  readonly cron: string | undefined;
  readonly sessionTimeoutSeconds: number;
  readonly retentionDays: number | undefined;
  /** The longest time that the answer to a requested run may take. */
  readonly requestTimeoutSeconds: number;
}

export interface RollupReport extends RollupWindow {
  readonly sessionsTimedOut: number;
  /** The position after the last session that the run ended. */
  readonly position: number;
}

/** The log of what runs do, since nobody may wait for their answers. */
export interface RollupLog {
  debug(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The parts of a node that a run uses. */
export interface RollupNode {
  /** The lease of the one node of several that runs on schedule. */
  readonly lease: Lease;
  readonly log: RollupLog;
  readonly telemetry: {
    /** Tells the number of idle sessions that the last run did not get to. */
    leftOver(sessions: number): void;
  };
}
