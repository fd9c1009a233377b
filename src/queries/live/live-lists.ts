import { Injectable } from '@nestjs/common';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { LiveSums } from '../../domain/figures/live-sums.js';
import { compareUtf8 } from '../../domain/text.js';
import { labelsOf } from '../figures/value-labels.js';
import { ReadModels } from '../read-models.js';
import { SessionMedia } from '../sessions/session-media.js';
import type { LiveCount, LiveSnapshot, WantedLive } from './live.query.js';

/** The lists that somebody wants of those who watch. */
export interface WantedLists {
  readonly wanted: Pick<WantedLive, 'media' | 'by'>;
  readonly sums: LiveSums;
}

type Lists = Pick<LiveSnapshot, 'media' | 'by'>;

/** Names what most of those who watch have in common. */
@Injectable()
export class LiveLists {
  constructor(
    private readonly readModels: ReadModels,
    private readonly media: SessionMedia,
  ) {}

  /** Returns the lists of all who want some, as of a moment. */
  async of(all: readonly WantedLists[], at: number): Promise<readonly Lists[]> {
    const counted = all.map(({ wanted, sums }) => mostViewed(sums, 'MEDIA', wanted.media));
    const titles = counted.flat().map(([mediaId]) => ({ mediaId, startedAt: at }));
    const mediaOf = titles.length === 0 ? undefined : await this.media.of(titles);
    const lists: Lists[] = [];
    for (const [i, { wanted, sums }] of all.entries()) {
      const media = (counted[i] ?? []).flatMap(([mediaId, viewers]) =>
        mediaOf === undefined ? [] : [{ media: mediaOf({ mediaId, startedAt: at }), viewers }],
      );
      lists.push({ media, by: await this.countsOf(sums, wanted.by) });
    }
    return lists;
  }

  private async countsOf(sums: LiveSums, by: WantedLive['by']): Promise<Lists['by']> {
    const counts: Partial<Record<Dimension, readonly LiveCount[]>> = {};
    for (const [name, first] of Object.entries(by)) {
      const dimension = name as Dimension;
      const most = mostViewed(sums, dimension, first);
      const values = most.map(([value]) => value);
      const labels = await labelsOf(dimension, values, this.readModels);
      counts[dimension] = most.map(([value, viewers]) => ({
        value,
        label: labels.get(value) ?? value,
        viewers,
      }));
    }
    return counts;
  }
}

/** Returns the values of a dimension with most viewers; equal ones by the value's UTF-8. */
const mostViewed = (
  { viewersBy }: LiveSums,
  dimension: Dimension,
  first: number,
): readonly (readonly [value: string, viewers: number])[] =>
  [...(viewersBy[dimension] ?? [])]
    .sort(([a, viewersOfA], [b, viewersOfB]) => viewersOfB - viewersOfA || compareUtf8(a, b))
    .slice(0, first);
