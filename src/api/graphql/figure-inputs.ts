/** The schema types of what questions about figures state, with its checks. */

import { ArgsType, Field, InputType, Int } from '@nestjs/graphql';
import { badInput } from '../../domain/errors.js';
import { inNfc } from '../../domain/text.js';
import { checkCharacters, checkRange } from '../../domain/checked-values.js';
import type { Dimension } from '../../queries/figures/breakdown.query.js';
import type { Comparison, Metric, WantedFigures } from '../../queries/figures/figures.query.js';
import { FILTERS_MAX, FILTER_VALUES_MAX } from './document-limits.js';
import { ComparisonEnum, DimensionEnum, MetricEnum } from './enums.js';
import { Time, TimeZone } from './scalars.js';

/** The most characters of a filter's value, and of a text to search for: no value is longer. */
const VALUE_LENGTH_MAX = 1_000;

@InputType({ description: 'A range of time, widened to whole quarter hours.' })
export class RangeInput {
  @Field(() => Time, { description: 'Inclusive.' })
  from!: number;

  @Field(() => Time, { description: 'Exclusive; it may lie ahead.' })
  to!: number;

  @Field(() => TimeZone, { defaultValue: 'UTC', description: 'Its calendar makes the buckets.' })
  timeZone!: string;
}

@InputType({
  description: 'A condition that sessions have to meet. Of several filters all have to hold.',
})
export class FilterInput {
  @Field(() => DimensionEnum)
  dimension!: Dimension;

  @Field(() => [String], {
    description: '1 to 50 values, one of which it has to be; an empty one is what is not known.',
  })
  anyOf!: string[];

  @Field(() => Boolean, { defaultValue: false, description: 'It must be none of them instead.' })
  exclude!: boolean;
}

/** The arguments of `live`. */
@ArgsType()
export class LiveArgs {
  @Field(() => [FilterInput], { nullable: true })
  filter?: readonly FilterInput[] | null;

  @Field(() => TimeZone, { defaultValue: 'UTC', description: 'Its calendar says what today is.' })
  timeZone!: string;
}

/** The arguments of `breakdown`. */
@ArgsType()
export class BreakdownArgs {
  @Field(() => RangeInput)
  range!: RangeInput;

  @Field(() => DimensionEnum)
  by!: Dimension;

  @Field(() => [FilterInput], { nullable: true })
  filter?: readonly FilterInput[] | null;

  @Field(() => MetricEnum, { defaultValue: 'VIEWS', description: 'Descending, null last.' })
  orderBy!: Metric;

  @Field(() => Int, { defaultValue: 0, description: 'Leaves out values with fewer views.' })
  minViews!: number;

  @Field(() => Int, { defaultValue: 0, description: 'Leaves out values with fewer attempts.' })
  minAttempts!: number;

  @Field(() => String, {
    nullable: true,
    description: 'A part of the value or its label, whatever the case.',
  })
  search?: string | null;

  @Field(() => ComparisonEnum, { nullable: true })
  compare?: Comparison | null;

  @Field(() => Int, { description: '1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

/**
 * Brings a filter's value, or a text to search for, into NFC; throws BAD_USER_INPUT if it is too
 * long, or has characters that no text has.
 */
export function checkValue(field: string, value: string): string {
  checkCharacters(field, value);
  if (value.length > VALUE_LENGTH_MAX) {
    throw badInput(field, `must have ${String(VALUE_LENGTH_MAX)} characters at most`);
  }
  return inNfc(value);
}

/** Checks filters, and brings their values into NFC; throws BAD_USER_INPUT for a bad one. */
export function filtersOf(filters: readonly FilterInput[]): WantedFigures['filters'] {
  if (filters.length > FILTERS_MAX) {
    throw badInput('filter', `takes ${String(FILTERS_MAX)} filters at most`);
  }
  return filters.map(({ dimension, anyOf, exclude }) => {
    checkRange('filter.anyOf', anyOf.length, 1, FILTER_VALUES_MAX);
    const values = anyOf.map((value) => {
      const checked = checkValue('filter.anyOf', value);
      // Ids are stored without spaces around them.
      return dimension === 'MEDIA' ? checked.trim() : checked;
    });
    return { dimension, anyOf: [...new Set(values)], exclude };
  });
}
