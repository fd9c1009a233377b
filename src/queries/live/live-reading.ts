import { Inject, Injectable } from '@nestjs/common';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { LiveSums } from '../../domain/figures/live-sums.js';
import { MINUTE_MS, minuteOf, MINUTES_PER_HOUR } from '../../domain/time.js';
import { megabitsPerSecond } from '../../domain/units.js';
import { PROJECTION_CONTROL, type ProjectionControl } from '../../ports/projection-control.js';
import type { LiveGroup } from '../../ports/read-model/live.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import { knownZone } from '../ranges/time-zone.js';
import type { AskingTerms } from '../figures/figures.query.js';
import { freshnessIn } from '../freshness.query.js';
import { startOfToday } from '../ranges/zone-clock.js';
import { inMinute, peakWithin } from './day-minutes.js';
import type { LiveSnapshot, SeenLive, WantedLive } from './live.query.js';
import { LiveImages, type LiveImage } from './live-images.js';
import { LiveLists } from './live-lists.js';
import { LiveMinutes } from './live-minutes.js';

/** Finds out who watches now. */
@Injectable()
export class LiveReading {
  constructor(
    private readonly images: LiveImages,
    private readonly minutes: LiveMinutes,
    private readonly lists: LiveLists,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
  ) {}

  /**
   * Answers all questions at one moment. Minutes that cannot be counted fail only the questions
   * that want them.
   */
  async read(all: readonly WantedLive[], terms: AskingTerms): Promise<readonly SeenLive[]> {
    for (const { timeZone } of all) knownZone(timeZone);
    const groups = groupsOf(all);
    const { at, identity, sums } = await this.images.of([...groups.values()], terms);
    const keys = [...groups.keys()];
    const counted = all.map((wanted) => {
      const own = sums[keys.indexOf(keyOf(wanted.filters))];
      if (own === undefined) throw new Error('a group was not summed up');
      return { wanted, sums: own };
    });
    const lists = await this.lists.of(counted, at, terms.readAfter);
    const freshness = freshnessIn(await this.control.lag());
    const seen: SeenLive[] = [];
    for (const [i, item] of counted.entries()) {
      const [figures] = await Promise.allSettled([this.figuresOf(item, { at, identity }, terms)]);
      if (figures.status === 'rejected') seen.push(figures);
      else {
        const value = { ...figures.value, ...(lists[i] ?? { media: [], by: {} }), freshness };
        seen.push({ status: 'fulfilled', value });
      }
    }
    return seen;
  }

  private async figuresOf(
    { wanted, sums }: { readonly wanted: WantedLive; readonly sums: LiveSums },
    { at, identity }: Pick<LiveImage, 'at' | 'identity'>,
    terms: AskingTerms,
  ): Promise<Omit<LiveSnapshot, 'media' | 'by' | 'freshness'>> {
    const latest = { at, identity, sessions: sums.minutes };
    const day = await this.minutes.of(wanted.filters, latest, terms);
    const peak = peakWithin(day, startOfToday(at, wanted.timeZone), at);
    return {
      at,
      viewers: sums.viewers,
      stalling: sums.stalling,
      mbps: megabitsPerSecond(sums.bytes, MINUTE_MS),
      startsLastMinute: sums.starts,
      failuresLastMinute: sums.failures,
      perMinute: Array.from({ length: MINUTES_PER_HOUR }, (_, i) =>
        inMinute(day, minuteOf(at) - MINUTES_PER_HOUR + 1 + i),
      ),
      peakToday: peak.sessions,
      peakTodayAt: peak.at,
      sampled: day.sampled,
    };
  }
}

const keyOf = (filters: readonly SliceFilter[]): string => JSON.stringify(filters);

/** Returns a group for each list of filters, with all that anyone wants of it. */
function groupsOf(all: readonly WantedLive[]): ReadonlyMap<string, LiveGroup> {
  const groups = new Map<string, LiveGroup>();
  for (const { filters, media, by } of all) {
    const known = groups.get(keyOf(filters))?.dimensions ?? [];
    const wanted = Object.keys(by) as readonly Dimension[];
    const dimensions = new Set([...known, ...wanted, ...(media > 0 ? (['MEDIA'] as const) : [])]);
    groups.set(keyOf(filters), { filters, dimensions: [...dimensions].sort() });
  }
  return groups;
}
