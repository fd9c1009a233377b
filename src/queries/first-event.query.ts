import { Query } from '@nestjs/cqrs';

/**
 * Asks for the event time of the earliest event of any title, its registration included; undefined
 * before there is one.
 */
export class FirstEventQuery extends Query<number | undefined> {
  constructor(readonly readAfter?: number) {
    super();
  }
}
