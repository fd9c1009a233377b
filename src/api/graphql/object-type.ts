import { Field, ObjectType, type FieldOptions, type ReturnTypeFunc } from '@nestjs/graphql';

/** How a member of an answer stands in the schema: its type, and what more is said of it. */
type FieldOf = readonly [type: ReturnTypeFunc, options?: FieldOptions];

/**
 * A type of the schema for what a query answers: the answer's own type says which fields there are,
 * and each is declared by what it is over GraphQL.
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
