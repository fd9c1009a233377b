import { Injectable } from '@nestjs/common';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { LiveSums } from '../../domain/figures/live-sums.js';
import { compareUtf8 } from '../../domain/text.js';
import type { Stream } from '../popular-streams.query.js';
import { labelsOf } from '../figures/value-labels.js';
import { ReadModels } from '../read-models.js';
import { SessionMedia } from '../sessions/session-media.js';
import type { LiveCount, LiveSnapshot, WantedLive } from './live.query.js';

/** The lists that somebody wants of those who watch. */
export interface WantedLists {
  readonly wanted: Pick<WantedLive, 'media' | 'by'>;
  readonly sums: LiveSums;
}

type Counts = readonly (readonly [value: string, viewers: number])[];
type Lists = Pick<LiveSnapshot, 'media' | 'by'>;

/** Makes the lists of the titles and values with most viewers. */
@Injectable()
export class LiveLists {
  constructor(
    private readonly readModels: ReadModels,
    private readonly media: SessionMedia,
  ) {}

  /** Returns the lists of all who want some, as of a moment. */
  async of(
    all: readonly WantedLists[],
    at: number,
    readAfter: number | undefined,
  ): Promise<readonly Lists[]> {
    const watched = all.flatMap(({ wanted, sums }) =>
      mostViewed(sums, 'MEDIA', Math.max(wanted.media, wanted.by.MEDIA ?? 0)),
    );
    const titles = watched.map(([mediaId]) => ({ mediaId, startedAt: at }));
    const mediaOf = titles.length === 0 ? undefined : await this.media.of(titles, readAfter);
    const titleOf = (mediaId: string) => mediaOf?.({ mediaId, startedAt: at });
    const lists: Lists[] = [];
    for (const { wanted, sums } of all) {
      const media = mostViewed(sums, 'MEDIA', wanted.media).flatMap(([mediaId, viewers]) => {
        const stream = titleOf(mediaId);
        return stream === undefined ? [] : [{ media: stream, viewers }];
      });
      const by: Partial<Record<Dimension, readonly LiveCount[]>> = {};
      for (const [name, first] of Object.entries(wanted.by)) {
        const dimension = name as Dimension;
        const most = mostViewed(sums, dimension, first);
        const labels = await this.labelsOf(dimension, most, titleOf);
        by[dimension] = most.map(([value, viewers]) => {
          return { value, label: labels.get(value) ?? value, viewers };
        });
      }
      lists.push({ media, by });
    }
    return lists;
  }

  /** Titles have been read already. */
  private async labelsOf(
    dimension: Dimension,
    most: Counts,
    titleOf: (mediaId: string) => Stream | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const values = most.map(([value]) => value);
    if (dimension !== 'MEDIA') return labelsOf(dimension, values, this.readModels, undefined);
    return new Map(values.map((value) => [value, titleOf(value)?.title ?? value]));
  }
}

/** Returns the values of a dimension with most viewers; equal ones by the value's UTF-8. */
const mostViewed = ({ viewersBy }: LiveSums, dimension: Dimension, first: number): Counts =>
  [...(viewersBy[dimension] ?? [])]
    .sort(([a, viewersOfA], [b, viewersOfB]) => viewersOfB - viewersOfA || compareUtf8(a, b))
    .slice(0, first);
