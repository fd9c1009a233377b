import { Injectable } from '@nestjs/common';
import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { hourOf, HOUR_MS, MINUTE_MS, MINUTES_PER_HOUR } from '../../domain/time.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import type { AskingTerms } from '../figures/figures.query.js';
import { areFolded } from '../figures/extent.js';
import { COUNTS_ALONE, isSessionOf, titlesOf } from '../figures/extent.js';
import type { Run } from '../figures/runs.js';
import { SliceReading } from '../figures/slice-reading.js';
import { watchedMinutes } from '../figures/folded-totals.js';
import { ReadModels } from '../read-models.js';
import { seenBy, type DayMinutes, type LatestMinutes } from './day-minutes.js';
import { KeptMinutes } from './kept-minutes.js';

/** Counts who watched in each minute of a day. */
@Injectable()
export class LiveMinutes {
  /** The minutes of filters without sums. */
  private readonly kept = new KeptMinutes((filters, at, terms) =>
    this.sliced(filters, hoursUntil(at), terms),
  );

  constructor(
    private readonly readModels: ReadModels,
    private readonly slices: SliceReading,
  ) {}

  /**
   * Returns the minutes of the day up to a look, which saw the latest ones. If they have to be
   * counted from sessions, late events of the others may be missing for a while.
   */
  async of(
    filters: readonly SliceFilter[],
    latest: LatestMinutes,
    terms: AskingTerms,
  ): Promise<DayMinutes> {
    if (!areFolded(filters)) return this.kept.of(filters, latest, terms);
    return seenBy(await this.folded(filters, hoursUntil(latest.at), terms), latest);
  }

  private folded(
    filters: readonly SliceFilter[],
    hours: Run,
    { readAfter }: AskingTerms,
  ): Promise<DayMinutes> {
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
    filters: readonly SliceFilter[],
    hours: Run,
    terms: AskingTerms,
  ): Promise<DayMinutes> {
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

/** The hours to read: some days have 25 hours, and begin within an hour. */
const HOURS = 26;

const hoursUntil = (at: number): Run => ({ first: hourOf(at) - HOURS + 1, last: hourOf(at) });
