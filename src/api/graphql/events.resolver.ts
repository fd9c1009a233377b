import { Inject } from '@nestjs/common';
import { Args, ID, Resolver, Subscription } from '@nestjs/graphql';
import { checkId } from '../../domain/checked-values.js';
import {
  EVENT_TAIL,
  type EventTail,
  type TailedEvent,
  type TailPage,
} from '../../ports/event-tail.js';
import { toTimelineEntry } from '../../queries/sessions/timeline.query.js';
import { may } from '../access/authenticate.js';
import { Requires } from '../access/requires.decorator.js';
import { PositionTokens } from '../position-tokens.js';
import { RecordedEventType, type RecordedEvent } from './event-models.js';
import type { OperationContext } from './operation-context.js';

/** Shows events as they are stored, for the role `read`. Only admins see the viewer. */
@Resolver()
export class EventsResolver {
  constructor(
    @Inject(EVENT_TAIL) private readonly tail: EventTail,
    private readonly tokens: PositionTokens,
  ) {}

  @Requires('read')
  @Subscription(() => [RecordedEventType], {
    description:
      'The events of the last 5 minutes, 200 at most, then those that follow, in the order in ' +
      'which they are stored; of one title, if it is named. With the `position` of an event in ' +
      '`after`, what came behind that is told first, of up to an hour. `extensions.position` of ' +
      'each result says how far the log was looked at, which serves for `after` too; the list is ' +
      'empty every 5 minutes in which others than the wanted events alone were stored.',
    resolve(
      this: EventsResolver,
      { events, scanned }: TailPage,
      _: unknown,
      context: OperationContext,
    ): readonly RecordedEvent[] {
      const isAdmin = may(context.caller, 'admin');
      context.scanned = this.tokens.encode(scanned);
      return events.map((event) => this.told(event, isAdmin));
    },
  })
  events(
    @Args('mediaId', { type: () => ID, nullable: true }) mediaId: string | null | undefined,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): AsyncIterableIterator<TailPage> {
    return this.tail.follow({
      mediaId: mediaId == null ? undefined : checkId('mediaId', mediaId),
      after: after == null ? undefined : this.tokens.decode(after, 'after'),
    });
  }

  private told(event: TailedEvent, isAdmin: boolean): RecordedEvent {
    const { position, mediaId = null, state = null } = event;
    const { sessionId = null, viewerId: viewer = null } = isAdmin ? event : {};
    const entry = toTimelineEntry(event);
    return { position: this.tokens.encode(position), mediaId, sessionId, viewer, state, entry };
  }
}
