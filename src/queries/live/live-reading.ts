import { Inject, Injectable } from '@nestjs/common';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { LiveSums } from '../../domain/figures/live-sums.js';
import { MINUTE_MS, minuteOf, MINUTES_PER_HOUR } from '../../domain/time.js';
import { megabitsPerSecond } from '../../domain/units.js';
import { PROJECTION_CONTROL, type ProjectionControl } from '../../ports/projection-control.js';
import type { LiveGroup } from '../../ports/read-model/live.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import { knownZone } from '../figures/figure-reading.js';
import type { AskingTerms } from '../figures/figures.query.js';
import { freshnessIn } from '../freshness.query.js';
import { startOfToday } from '../ranges/zone-clock.js';
import type { LiveSnapshot, WantedLive } from './live.query.js';
import { LiveImages } from './live-images.js';
import { LiveLists } from './live-lists.js';
import { LiveMinutes, type WatchedMinutes } from './live-minutes.js';

/** Finds out who watches now. */
@Injectable()
export class LiveReading {
  constructor(
    private readonly images: LiveImages,
    private readonly minutes: LiveMinutes,
    private readonly lists: LiveLists,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
  ) {}

  /** Answers all at one moment. */
  async read(all: readonly WantedLive[], terms: AskingTerms): Promise<readonly LiveSnapshot[]> {
    for (const { timeZone } of all) knownZone(timeZone);
    const groups = groupsOf(all);
    const { at, sums } = await this.images.of([...groups.values()], terms);
    const keys = [...groups.keys()];
    const counted = all.map((wanted) => {
      const own = sums[keys.indexOf(keyOf(wanted.filters))];
      if (own === undefined) throw new Error('a group was not summed up');
      return { wanted, sums: own };
    });
    const lists = await this.lists.of(counted, at);
    const freshness = freshnessIn(await this.control.lag());
    const snapshots: LiveSnapshot[] = [];
    for (const [i, one] of counted.entries()) {
      const figures = await this.figuresOf(one, at, terms);
      snapshots.push({ ...figures, ...(lists[i] ?? { media: [], by: {} }), freshness });
    }
    return snapshots;
  }

  private async figuresOf(
    { wanted, sums }: { readonly wanted: WantedLive; readonly sums: LiveSums },
    at: number,
    terms: AskingTerms,
  ): Promise<Omit<LiveSnapshot, 'media' | 'by' | 'freshness'>> {
    const known = await this.minutes.of(wanted.filters, at, terms);
    const day = withLatest(known, sums.minutes, at);
    const peak = peakSince(day, startOfToday(at, wanted.timeZone), at);
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

const inMinute = ({ first, sessions }: WatchedMinutes, minute: number): number =>
  sessions[minute - first] ?? 0;

/** Puts the latest minutes in, which are newer than the others. */
function withLatest(day: WatchedMinutes, latest: readonly number[], at: number): WatchedMinutes {
  const sessions = day.sessions.slice();
  const start = minuteOf(at) - latest.length + 1 - day.first;
  for (const [i, count] of latest.entries()) sessions[start + i] = count;
  return { ...day, sessions };
}

function peakSince(day: WatchedMinutes, from: number, to: number) {
  let peak: { readonly sessions: number; readonly at: number | null } = { sessions: 0, at: null };
  for (let minute = minuteOf(from); minute <= minuteOf(to); minute += 1) {
    const sessions = inMinute(day, minute);
    if (sessions > peak.sessions) peak = { sessions, at: minute * MINUTE_MS };
  }
  return peak;
}
