import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
} from 'graphql';

/**
 * Returns the names of all fields that are selected somewhere below a field, so that resolvers
 * compute only those. Fields that a directive leaves out may be among them.
 */
export const selectedNames = ({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): ReadonlySet<string> =>
  namesBelow(fieldNodes, (name) => fragments[name]);

/** Returns the names below fields, where fragments are found by a function. */
export const namesBelow = (fields: readonly FieldNode[], fragmentOf: Fragments): Set<string> =>
  new Set([...fieldsBelow(fields, fragmentOf)].map(({ name }) => name.value));

/** Returns the fields of a name that are selected somewhere below others. */
export const fieldsNamed = (
  wanted: string,
  fields: readonly FieldNode[],
  fragmentOf: Fragments,
): readonly FieldNode[] =>
  [...fieldsBelow(fields, fragmentOf)].filter(({ name }) => name.value === wanted);

/** Returns the fields that are selected right below a field. */
export const fieldsOf = ({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): readonly FieldNode[] => [
  ...fieldsBelow(fieldNodes, (name) => fragments[name], 'right below'),
];

type Fragments = (name: string) => FragmentDefinitionNode | undefined;

/** Returns the fields below others; what a fragment selects is there once. */
function fieldsBelow(
  fields: readonly FieldNode[],
  fragmentOf: Fragments,
  where: 'anywhere' | 'right below' = 'anywhere',
): ReadonlySet<FieldNode> {
  const found = new Set<FieldNode>();
  // The set grows while the loop goes through it.
  const selections = new Set(fields.map(({ selectionSet }) => selectionSet));
  for (const selection of selections) {
    for (const node of selection?.selections ?? []) {
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        selections.add(fragmentOf(node.name.value)?.selectionSet);
        continue;
      }
      if (node.kind === Kind.FIELD) found.add(node);
      if (node.kind === Kind.INLINE_FRAGMENT || where === 'anywhere') {
        selections.add(node.selectionSet);
      }
    }
  }
  return found;
}
