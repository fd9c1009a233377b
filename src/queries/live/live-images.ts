import { Inject, Injectable } from '@nestjs/common';
import { heardOfFrom, type LiveSums } from '../../domain/figures/live-sums.js';
import { HEARD_OF_IN } from '../../domain/figures/session-places.js';
import { SECOND_MS } from '../../domain/time.js';
import { CLOCK, type Clock } from '../../ports/clock.js';
import { LOG_START } from '../../ports/event-store.js';
import type { LiveGroup } from '../../ports/read-model/live.js';
import { isSessionOf } from '../figures/extent.js';
import type { AskingTerms } from '../figures/figures.query.js';
import { KeptAnswers } from '../figures/kept-answers.js';
import { ROWS_PER_UNIT } from '../figures/slice-reading.js';
import { QUERY_SETTINGS, type QuerySettings } from '../query-settings.js';
import { ReadModels } from '../read-models.js';

/** The sums of some groups of sessions at a moment, in the order of the groups. */
export interface LiveImage {
  readonly at: number;
  /** The identity of the generation that was looked at. */
  readonly identity: string | undefined;
  readonly sums: readonly LiveSums[];
}

/**
 * An image serves all who ask within that time. It is not longer than the time after which a store
 * that was put back is noticed, so that an image need not be forgotten then.
 */
const KEEPING = { times: 20, msMax: 2 * SECOND_MS };

/** Looks at who watches. */
@Injectable()
export class LiveImages {
  private readonly kept = new KeptAnswers<readonly LiveGroup[], LiveImage>(
    ({ sums }) => sums.length,
    KEEPING,
  );

  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  /** Looks at all groups at one moment; charges for the sessions that were heard of lately. */
  of(groups: readonly LiveGroup[], { readAfter, charge }: AskingTerms): Promise<LiveImage> {
    const atLeast = readAfter ?? LOG_START;
    return this.kept.answer(groups, atLeast, async () => {
      const moment = { at: this.clock.now(), windowMs: this.settings.liveWindowMs };
      const { identity, rows } = await this.readModels.read(
        ['sessions'],
        readAfter,
        async ({ sessions }) => {
          await this.readModels.noteParked('sessions', sessions, isSessionOf(undefined));
          const { identity } = sessions;
          return { identity, rows: await sessions.count(HEARD_OF_IN, heardOfFrom(moment)) };
        },
      );
      charge(rows / ROWS_PER_UNIT);
      const sums = await this.readModels.live(atLeast, { ...moment, groups });
      return { at: moment.at, identity, sums };
    });
  }
}
