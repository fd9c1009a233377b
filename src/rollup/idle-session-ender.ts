import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { EndIdleSessionCommand } from '../commands/end-idle-session.command.js';
import { LOG_START } from '../ports/event-store.js';
import {
  IdleSessionCountQuery,
  IdleSessionsQuery,
  type IdleSession,
} from '../queries/idle-sessions.query.js';

/** The outcome of the idle sessions in one run. */
export interface Endings {
  readonly sessionsTimedOut: number;
  /** The position after the last session that the run ended. */
  readonly position: number;
  /** Sessions whose end failed; the next run tries them again. */
  readonly failed: number;
  /** The reason of the first failure. */
  readonly failure: unknown;
  /** Due sessions for which the time did not suffice. */
  readonly leftOver: number;
}

/** Sessions that are read and ended together: enough to fill appends, few enough to hold. */
const PAGE_SESSIONS_MAX = 1_000;

/**
 * Ends idle sessions page by page, each session once in a run. A session that turns out not to be
 * idle, or that cannot be ended, is passed over, so that the others do not wait for it.
 */
export class IdleSessionEnder {
  /** The place at which the last run's time was over: the sessions before it must not go first. */
  private resumeAfter: IdleSession['place'] | undefined;

  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
  ) {}

  /** Ends at least one page, and goes on until no session is due or the time is over. */
  async end(idleSince: number, isTimeOver: () => boolean): Promise<Endings> {
    const outcomes: PageOutcome[] = [];
    let after = this.resumeAfter;
    this.resumeAfter = undefined;
    let due: number | undefined;
    for (;;) {
      const query = new IdleSessionsQuery(idleSince, PAGE_SESSIONS_MAX, after);
      const page = await this.queryBus.execute(query);
      const isLast = page.length < PAGE_SESSIONS_MAX;
      // Counted before any session is ended: the read model may show an end at any later time.
      if (!isLast) due ??= await this.count(idleSince, after);
      outcomes.push(await this.endPage(page, idleSince));
      if (isLast) return summed(outcomes, 0);
      after = page.at(-1)?.place;
      if (!isTimeOver()) continue;
      this.resumeAfter = after;
      const reached = PAGE_SESSIONS_MAX * outcomes.length;
      return summed(outcomes, Math.max(0, (due ?? 0) - reached));
    }
  }

  private count(idleSince: number, after: IdleSession['place'] | undefined): Promise<number> {
    return this.queryBus.execute(new IdleSessionCountQuery(idleSince, after?.value));
  }

  private async endPage(page: readonly IdleSession[], idleSince: number): Promise<PageOutcome> {
    const idle = page.filter(({ lastRecordedAt }) => lastRecordedAt <= idleSince);
    const results = await Promise.allSettled(
      idle.map(({ mediaId, sessionId }) =>
        this.commandBus.execute(new EndIdleSessionCommand(mediaId, sessionId, idleSince)),
      ),
    );
    const done = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = results.filter((one) => one.status === 'rejected');
    return {
      sessionsTimedOut: done.filter(({ isEnded }) => isEnded).length,
      position: Math.max(LOG_START, ...done.map(({ position }) => position)),
      failed: failures.length,
      failure: failures[0]?.reason as unknown,
    };
  }
}

type PageOutcome = Omit<Endings, 'leftOver'>;

function summed(outcomes: readonly PageOutcome[], leftOver: number): Endings {
  const sum = (valueOf: (outcome: PageOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + valueOf(outcome), 0);
  return {
    sessionsTimedOut: sum((outcome) => outcome.sessionsTimedOut),
    position: Math.max(...outcomes.map(({ position }) => position)),
    failed: sum((outcome) => outcome.failed),
    failure: outcomes.find(({ failed }) => failed > 0)?.failure,
    leftOver,
  };
}
