import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { SECOND_MS } from '../../domain/time.js';
import {
  LiveImageQuery,
  type LiveSnapshot,
  type SeenLive,
  type WantedLive,
} from '../../queries/live/live.query.js';
import { lagStep } from '../../queries/freshness.query.js';
import { Feed, type Seen } from './feed.js';

/** Tells subscribers who watches now. All are told from one image, at most every 2 seconds. */
@Injectable()
export class LiveFeed {
  private readonly feed: Feed<LiveImage, WantedLive>;

  constructor(queryBus: QueryBus) {
    this.feed = new Feed(async (wanted) => {
      const distinct = [...new Map(wanted.map((one) => [keyOf(one), one])).values()];
      return imageOf(distinct, await queryBus.execute(new LiveImageQuery(distinct)));
    }, 2 * SECOND_MS);
  }

  /**
   * Returns the values for a client: that of the first snapshot, and of each later one with news
   * for it.
   */
  watch<Value>(
    wanted: WantedLive,
    first: LiveSnapshot,
    { fields, toldAs }: Telling<Value>,
  ): AsyncIterableIterator<Value> {
    const key = keyOf(wanted);
    const seenIn = (image: LiveImage): Seen<Value> | undefined => {
      const seen = image.get(key);
      if (seen === undefined) return undefined;
      // Only those who want this are told why there is none.
      if (seen.status === 'rejected') throw seen.reason;
      return { value: toldAs(seen.value), mark: markOf(seen.value, fields) };
    };
    const known = imageOf([wanted], [{ status: 'fulfilled', value: first }]);
    return this.feed.watch(seenIn, { subject: wanted, first: known });
  }
}

/** The seen values, by the wanted questions as text. */
type LiveImage = ReadonlyMap<string, SeenLive>;

/** The way to tell a client. */
interface Telling<Value> {
  /** The names of the fields that the client asked for: only a change of these is news. */
  readonly fields: ReadonlySet<string>;
  readonly toldAs: (snapshot: LiveSnapshot) => Value;
}

const keyOf = (wanted: WantedLive): string => JSON.stringify(wanted);

const imageOf = (all: readonly WantedLive[], seen: readonly SeenLive[]): LiveImage =>
  new Map(
    seen.flatMap((value, i) => {
      const wanted = all[i];
      return wanted === undefined ? [] : [[keyOf(wanted), value]];
    }),
  );

/** Returns a mark of a snapshot that changes only with news, not merely as time goes by. */
function markOf(snapshot: LiveSnapshot, fields: ReadonlySet<string>): string {
  const { lagSeconds, parkedEvents, stopped } = snapshot.freshness;
  const news = {
    ...snapshot,
    at: undefined,
    media: snapshot.media.map(({ media, viewers }) => ({
      media: { ...media, popularity: undefined },
      viewers,
    })),
    freshness: [lagStep(lagSeconds), parkedEvents, stopped],
  };
  return JSON.stringify(Object.entries(news).filter(([name]) => fields.has(name)));
}
