import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { SECOND_MS } from '../../domain/time.js';
import {
  LiveImageQuery,
  type LiveSnapshot,
  type SeenLive,
  type WantedLive,
} from '../../queries/live/live.query.js';
import { Feed, type Seen } from './feed.js';

/** A lag that grows is news in steps of so many seconds. */
const LAG_STEP_SECONDS = 10;

/** What is wanted, as text, and what there is of it. */
type LiveImage = ReadonlyMap<string, SeenLive>;

/** How a client is told. */
interface Telling<Value> {
  /** The names of what is told: only a change of it is news. */
  readonly fields: ReadonlySet<string>;
  readonly toldAs: (snapshot: LiveSnapshot) => Value;
}

/** Who watches now: all who wish to know are told from one image, every 2 seconds at most. */
@Injectable()
export class LiveFeed {
  private readonly feed: Feed<LiveImage, WantedLive>;

  constructor(queryBus: QueryBus) {
    this.feed = new Feed(async (wanted) => {
      const distinct = [...new Map(wanted.map((one) => [keyOf(one), one])).values()];
      return imageOf(distinct, await queryBus.execute(new LiveImageQuery(distinct)));
    }, 2 * SECOND_MS);
  }

  /** Returns what a client is told of the first snapshot, and of each that has news for it. */
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

const keyOf = (wanted: WantedLive): string => JSON.stringify(wanted);

const imageOf = (all: readonly WantedLive[], seen: readonly SeenLive[]): LiveImage =>
  new Map(
    seen.flatMap((value, i) => {
      const wanted = all[i];
      return wanted === undefined ? [] : [[keyOf(wanted), value]];
    }),
  );

/** Returns what may be news in a snapshot: not what changes as time goes by. */
function markOf(snapshot: LiveSnapshot, fields: ReadonlySet<string>): string {
  const { lagSeconds, parkedEvents, stopped } = snapshot.freshness;
  const lag = Math.floor(lagSeconds / LAG_STEP_SECONDS);
  const news = {
    ...snapshot,
    at: undefined,
    media: snapshot.media.map(({ media, viewers }) => ({
      media: { ...media, popularity: undefined },
      viewers,
    })),
    freshness: [lag, parkedEvents, stopped],
  };
  return JSON.stringify(Object.entries(news).filter(([name]) => fields.has(name)));
}
