import { Inject, Injectable } from '@nestjs/common';
import type { FigureParts, FigureTotals } from '../../domain/figures/figure-totals.js';
import { NO_COUNTS } from '../../domain/figures/figure-counts.js';
import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { QUARTER_MS, type Stretch } from '../../domain/time.js';
import { CLOCK, type Clock } from '../../ports/clock.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from '../query-settings.js';
import { ReadModels } from '../read-models.js';
import { figuresOf } from './formulas.js';
import type { Figures } from './figures.js';
import type { AskingTerms } from './figures.query.js';
import { foldedTotals } from './folded-totals.js';
import { areFolded, isSessionOf, titlesOf } from './extent.js';
import { SliceReading } from './slice-reading.js';

/** Lists of stretches, each in the order of time, whose figures are wanted. */
interface WantedLists {
  readonly filters: readonly SliceFilter[];
  readonly lists: readonly (readonly Stretch[])[];
  readonly parts: FigureParts;
  /** The length that all stretches are multiples of. */
  readonly stepMs: number;
}

/** Figures for each stretch of each list. */
interface ReadLists {
  readonly lists: readonly (readonly Figures[])[];
  /** The share of viewers whose sessions were read. */
  readonly sampled: number;
}

/** Reads figures, in the way that all questions for them share. */
@Injectable()
export class FigureReading {
  constructor(
    private readonly readModels: ReadModels,
    private readonly slices: SliceReading,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  /** Returns the time up to which all events of sessions are folded, epoch milliseconds. */
  asOf(): Promise<number> {
    return this.readModels.asOf('sessions');
  }

  /** Reads the figures of several lists of stretches at one moment. */
  async read(wanted: WantedLists, terms: AskingTerms): Promise<ReadLists> {
    const { filters, parts, stepMs } = wanted;
    const lists = wanted.lists.map((list) => list.map((one) => this.readable(one, stepMs)));
    const isKept = stepMs === QUARTER_MS && areFolded(filters);
    const { totals, sampled } = isKept
      ? await this.folded({ ...wanted, lists }, terms)
      : await this.sliced({ filters, parts, lists }, terms);
    return { lists: totals.map((list) => list.map((one) => this.figuresOf(one))), sampled };
  }

  figuresOf(totals: FigureTotals): Figures {
    return figuresOf(totals, this.settings.egressPricePerGib);
  }

  /**
   * Cuts a stretch to the time that may be read. A cut quarter of an hour counts by its beginning.
   */
  readable({ from, to }: Stretch, stepMs: number): Stretch {
    const earliest = earliestReadable(this.settings, this.clock.now());
    const onGrid = (timeMs: number): number => Math.ceil(timeMs / stepMs) * stepMs;
    return { from: onGrid(Math.max(from, earliest)), to: onGrid(to) };
  }

  private folded({ filters, lists, parts }: WantedLists, { readAfter }: AskingTerms) {
    const mediaIds = titlesOf(filters);
    const scopes = mediaIds ?? [ALL_TITLES];
    return this.readModels.read(['sessions'], readAfter, async ({ sessions: reader }) => {
      await this.readModels.noteParked('sessions', reader, isSessionOf(mediaIds));
      const totals: (readonly FigureTotals[])[] = [];
      for (const stretches of lists) {
        totals.push(await foldedTotals({ reader, scopes, stretches }, parts));
      }
      return { totals, sampled: 1 };
    });
  }

  private async sliced(
    { filters, lists, parts }: Omit<WantedLists, 'stepMs'>,
    terms: AskingTerms,
  ): Promise<{ readonly totals: readonly (readonly FigureTotals[])[]; readonly sampled: number }> {
    const questions = lists.map((stretches) => ({ stretches, parts }));
    const { answers, sampled } = await this.slices.read({ filters, questions }, terms);
    const totals = lists.map((stretches, list) => {
      const found = new Map(answers[list]?.map((group) => [group.stretch, group.totals]));
      return stretches.map((_, i) => found.get(i) ?? { counts: NO_COUNTS });
    });
    return { totals, sampled };
  }
}
