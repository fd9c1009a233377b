import type { GraphQLResolveInfo } from 'graphql';
import type { FigureParts } from '../../domain/figures/figure-totals.js';
import { fieldsNamed, namesBelow, selectedNames } from './selected-names.js';

/** Returns the parts of figures that some fields need. */
export const partsNamed = (names: ReadonlySet<string>): FigureParts => ({
  uniqueViewers: names.has('uniqueViewers') || names.has('uniqueViewersExact'),
  startupTime: names.has('startupTime'),
  peak: names.has('peakConcurrentViewers') || names.has('peakAt'),
});

/** Returns the parts that a query needs for all figures that it selects. */
export const selectedParts = (info: GraphQLResolveInfo): FigureParts =>
  partsNamed(selectedNames(info));

/** Returns the parts that a query needs below one of its fields; undefined without that field. */
export function partsBelow(
  { fieldNodes, fragments }: GraphQLResolveInfo,
  name: string,
): FigureParts | undefined {
  const fragmentOf = (fragment: string) => fragments[fragment];
  const fields = fieldsNamed(name, fieldNodes, fragmentOf);
  return fields.length === 0 ? undefined : partsNamed(namesBelow(fields, fragmentOf));
}
