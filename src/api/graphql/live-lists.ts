import { getArgumentValues, isObjectType, getNamedType, type GraphQLResolveInfo } from 'graphql';
import { checkRange } from '../../domain/checked-values.js';
import type { Dimension } from '../../queries/figures/breakdown.query.js';
import type { WantedLive } from '../../queries/live/live.query.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';
import { fieldsOf } from './selected-names.js';

/** Checks the length of a list of who watches. */
export const checkFirst = (first: number): number => checkRange('first', first, 1, PAGE_LENGTH_MAX);

/** Returns the names of the fields of a snapshot that a query wants. */
export const wantedFields = (info: GraphQLResolveInfo): ReadonlySet<string> =>
  new Set(fieldsOf(info).map(({ name }) => name.value));

/** Returns the wanted length of each list of a snapshot; BAD_USER_INPUT if one is too long. */
export function wantedLists(info: GraphQLResolveInfo): Pick<WantedLive, 'media' | 'by'> {
  const type = getNamedType(info.returnType);
  const fields = isObjectType(type) ? type.getFields() : {};
  let media = 0;
  const by: Partial<Record<Dimension, number>> = {};
  for (const node of fieldsOf(info)) {
    const field = fields[node.name.value];
    if (field === undefined) continue;
    if (field.name !== 'media' && field.name !== 'by') continue;
    const args = getArgumentValues(field, node, info.variableValues) as unknown as ListArguments;
    const first = checkFirst(args.first);
    if (args.dimension === undefined) media = Math.max(media, first);
    else by[args.dimension] = Math.max(by[args.dimension] ?? 0, first);
  }
  return { media, by };
}

/** The arguments of `by`, and without a dimension those of `media`. */
interface ListArguments {
  readonly dimension?: Dimension;
  readonly first: number;
}
