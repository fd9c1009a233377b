import { Field, InputType } from '@nestjs/graphql';
import { DimensionEnum } from './enums.js';
import { Time, TimeZone } from './scalars.js';

@InputType({ description: 'A range of time, widened to whole quarter hours.' })
export class RangeInput {
  @Field(() => Time, { description: 'Inclusive.' })
  from!: number;

  @Field(() => Time, { description: 'Exclusive; it may lie ahead.' })
  to!: number;

  @Field(() => TimeZone, { defaultValue: 'UTC', description: 'Its calendar makes the buckets.' })
  timeZone!: string;
}

@InputType({ description: 'What sessions have to be. Of several filters all have to hold.' })
export class FilterInput {
  @Field(() => DimensionEnum)
  dimension!: keyof typeof DimensionEnum;

  @Field(() => [String], { description: '1 to 50 values, one of which it has to be.' })
  anyOf!: string[];
}
