import { Injectable } from '@nestjs/common';
import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { hourOf, HOUR_MS, MINUTE_MS, MINUTES_PER_HOUR } from '../../domain/time.js';
import { LOG_START } from '../../ports/event-store.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import type { AskingTerms } from '../figures/figures.query.js';
import { areFolded } from '../figures/figure-reading.js';
import { COUNTS_ALONE, isSessionOf, titlesOf } from '../figures/extent.js';
import { KeptAnswers } from '../figures/kept-answers.js';
import type { Run } from '../figures/runs.js';
import { SliceReading } from '../figures/slice-reading.js';
import { watchedMinutes } from '../figures/watched-minutes.js';
import { ReadModels } from '../read-models.js';

/** Some day somewhere has 25 hours, and begins within an hour. */
const HOURS = 26;
/** What has passed changes only by what comes late: so it is worked out seldom. */
const KEEPING = { times: 400, msMax: MINUTE_MS };

/** The sessions that were watched or stalled in each minute of some hours. */
export interface WatchedMinutes {
  /** The first minute, from the epoch. */
  readonly first: number;
  /** By minute; those that are not there have none. */
  readonly sessions: readonly number[];
  /** The share of viewers whose sessions were read: 1 is all, and exact. */
  readonly sampled: number;
}

interface MinutesQuestion {
  readonly filters: readonly SliceFilter[];
  readonly hours: Run;
}

/** Counts who watched in each minute of a day. */
@Injectable()
export class LiveMinutes {
  private readonly kept = new KeptAnswers<MinutesQuestion, WatchedMinutes>(
    ({ sessions }) => sessions.length,
    KEEPING,
  );

  constructor(
    private readonly readModels: ReadModels,
    private readonly slices: SliceReading,
  ) {}

  /**
   * Returns those of the day up to a moment. Where filters leave them to be counted from sessions,
   * they may be a minute old.
   */
  of(filters: readonly SliceFilter[], at: number, terms: AskingTerms): Promise<WatchedMinutes> {
    const hours = { first: hourOf(at) - HOURS + 1, last: hourOf(at) };
    if (areFolded(filters)) return this.folded(filters, hours, terms);
    const question = { filters, hours };
    return this.kept.answer(question, terms.readAfter ?? LOG_START, () =>
      this.sliced(question, terms),
    );
  }

  private folded(
    filters: readonly SliceFilter[],
    hours: Run,
    { readAfter }: AskingTerms,
  ): Promise<WatchedMinutes> {
    const mediaIds = titlesOf(filters);
    return this.readModels.read(['sessions'], readAfter, async ({ sessions: reader }) => {
      await this.readModels.noteParked('sessions', reader, isSessionOf(mediaIds));
      const sessions: number[] = [];
      for (const { number, body } of await watchedMinutes(
        ...([reader, mediaIds ?? [ALL_TITLES], [hours]] as const),
      )) {
        const start = (number - hours.first) * MINUTES_PER_HOUR;
        for (const [minute, count] of body.entries()) sessions[start + minute] = count;
      }
      return { first: hours.first * MINUTES_PER_HOUR, sessions, sampled: 1 };
    });
  }

  private async sliced(
    { filters, hours }: MinutesQuestion,
    terms: AskingTerms,
  ): Promise<WatchedMinutes> {
    const stretches = Array.from({ length: HOURS * MINUTES_PER_HOUR }, (_, i) => {
      const from = hours.first * HOUR_MS + i * MINUTE_MS;
      return { from, to: from + MINUTE_MS };
    });
    const questions = [{ stretches, parts: { ...COUNTS_ALONE, peak: true } }];
    const { answers, sampled } = await this.slices.read({ filters, questions }, terms);
    const sessions: number[] = [];
    for (const { stretch, totals } of answers[0] ?? []) {
      sessions[stretch] = totals.peak?.sessions ?? 0;
    }
    return { first: hours.first * MINUTES_PER_HOUR, sessions, sampled };
  }
}
