import { Field, ObjectType, type FieldOptions, type ReturnTypeFunc } from '@nestjs/graphql';

/** The declaration of a member in the schema: its type and its options. */
type FieldOf = readonly [type: ReturnTypeFunc, options?: FieldOptions];

/**
 * Makes a type of the schema for the answer of a query. The fields are those of the answer's own
 * type; the caller declares the GraphQL type of each.
 */
export function objectType<Answer extends object>(
  name: string,
  fields: { readonly [Member in keyof Answer]-?: FieldOf },
): new () => Answer {
  class Type {
    declare readonly answer: Answer;
  }
  for (const [member, [type, options]] of Object.entries<FieldOf>(fields)) {
    Field(type, options)(Type.prototype, member);
  }
  ObjectType(name)(Type);
  return Type as unknown as new () => Answer;
}
