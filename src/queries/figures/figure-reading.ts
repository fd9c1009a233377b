import { Inject, Injectable } from '@nestjs/common';
import { SESSION } from '../../../projections/sessions.js';
import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { badInput } from '../../domain/errors.js';
import { inNfc } from '../../domain/text.js';
import { QUARTER_MS } from '../../domain/time.js';
import { CLOCK, type Clock } from '../../ports/clock.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from '../query-settings.js';
import type { Stretch } from '../ranges/stretch.js';
import { timeZoneNamed } from '../ranges/time-zone.js';
import { ReadModels } from '../read-models.js';
import { figuresOf } from './figure-totals.js';
import type { Figures, WantedParts } from './figures.js';
import type { WantedFigures } from './figures.query.js';
import { foldedTotals } from './folded-totals.js';

/** What all questions for figures have in common. */
@Injectable()
export class FigureReading {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  /** Returns the time that the sessions have come to, epoch milliseconds. */
  asOf(): Promise<number> {
    return this.readModels.asOf('sessions');
  }

  /** Reads the figures of several lists of stretches, each in the order of time, at one moment. */
  read(
    { mediaIds }: WantedFigures,
    lists: readonly (readonly Stretch[])[],
    parts: WantedParts,
    readAfter: number | undefined,
  ): Promise<readonly (readonly Figures[])[]> {
    const scopes = mediaIds ?? [ALL_TITLES];
    return this.readModels.read(['sessions'], readAfter, async ({ sessions: reader }) => {
      await this.readModels.noteParked('sessions', reader, (key) => isOf(key, mediaIds));
      const found: (readonly Figures[])[] = [];
      for (const list of lists) {
        const stretches = list.map((stretch) => this.readable(stretch));
        const totals = await foldedTotals({ reader, scopes, stretches }, parts);
        found.push(totals.map((one) => figuresOf(one, this.settings.egressPricePerGib)));
      }
      return found;
    });
  }

  /** Leaves out what is older than what is kept; a quarter of an hour goes where it begins. */
  private readable({ from, to }: Stretch): Stretch {
    const earliest = earliestReadable(this.settings, this.clock.now());
    const onGrid = (timeMs: number): number => Math.ceil(timeMs / QUARTER_MS) * QUARTER_MS;
    return { from: onGrid(Math.max(from, earliest)), to: onGrid(to) };
  }
}

/** Says whether a document is a session of one of the titles. */
const isOf = (key: string, mediaIds: WantedFigures['mediaIds']): boolean =>
  SESSION.has(key) && (mediaIds?.includes(inNfc(SESSION.parts(key)[0])) ?? true);

/** Returns a zone as Intl spells it; refuses what is none. */
export function knownZone(name: string): string {
  const zone = timeZoneNamed(name);
  if (zone === undefined) {
    throw badInput('timeZone', 'must be the name of a time zone, such as Europe/Berlin');
  }
  return zone;
}
