import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { DEPTH_MAX, PAGE_LENGTH_MAX, tooComplex } from './document-limits.js';

/** How long the lists are whose length no argument states, at most. */
const LIST_LENGTHS: Readonly<Record<string, number>> = {
  qualityDistribution: 5,
  byQuality: 5,
  /** A MONTH: 43,200 minutes and the hour that they begin in. */
  byHour: 721,
  projections: 10,
};

type Variables = Readonly<Record<string, unknown>>;

/**
 * The cost of an operation: one for each field, times the lengths of the lists that it stands in. A
 * page counts with the length that is asked for. Throws QUERY_TOO_COMPLEX as soon as it is dearer
 * than it may be.
 */
export function costOf(
  document: DocumentNode,
  variables: Variables,
  operationName: string | undefined,
  costMax: number,
): number {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return 0;
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
  );
  const pricing: Pricing = {
    variables: { ...(Object.fromEntries(defaults) as Variables), ...variables },
    fragments: fragmentsOf(document),
    costMax,
    cost: 0,
  };
  price(operation.selectionSet, pricing, { depth: 1, times: 1, pageLength: 1 });
  return pricing.cost;
}

interface Pricing {
  readonly variables: Variables;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly costMax: number;
  cost: number;
}

interface Place {
  readonly depth: number;
  /** How often what stands here is answered. */
  readonly times: number;
  /** The length of the page that this is the connection of. */
  readonly pageLength: number;
}

function price({ selections }: SelectionSetNode, pricing: Pricing, place: Place): void {
  if (place.depth > DEPTH_MAX) throw tooComplex('levels', DEPTH_MAX);
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) priceField(selection, pricing, place);
    else {
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : pricing.fragments.get(selection.name.value);
      if (fragment !== undefined) price(fragment.selectionSet, pricing, place);
    }
  }
}

function priceField(field: FieldNode, pricing: Pricing, place: Place): void {
  const { depth, times, pageLength } = place;
  pricing.cost += times;
  if (pricing.cost > pricing.costMax) throw tooComplex('fields to answer', pricing.costMax);
  if (field.selectionSet === undefined) return;
  const name = field.name.value;
  const length = name === 'edges' ? pageLength : (LIST_LENGTHS[name] ?? 1);
  const inside = { depth: depth + 1, times: times * length, pageLength: pageOf(field, pricing) };
  price(field.selectionSet, pricing, inside);
}

/** The page length that a field asks for; a length that will be refused counts as the greatest. */
function pageOf({ arguments: given = [] }: FieldNode, { variables }: Pricing): number {
  const first = given.find(({ name }) => name.value === 'first')?.value;
  if (first === undefined) return 1;
  const length = numberOf(first, variables);
  return length >= 1 && length <= PAGE_LENGTH_MAX ? length : PAGE_LENGTH_MAX;
}

function numberOf(value: ValueNode, variables: Variables): number {
  if (value.kind === Kind.VARIABLE) return Number(variables[value.name.value]);
  return value.kind === Kind.INT ? Number(value.value) : NaN;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION
        ? [[definition.name.value, definition] as const]
        : [],
    ),
  );
}
