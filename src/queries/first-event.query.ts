import { Query } from '@nestjs/cqrs';

/**
 * Asks for the event time of the earliest event of any title, or its registration if earlier;
 * undefined before there is any.
 */
export class FirstEventQuery extends Query<number | undefined> {
  constructor(readonly readAfter?: number) {
    super();
  }
}
