import {
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
} from 'graphql';

/**
 * Returns the names of all fields that are selected somewhere below a field, so that only what is
 * asked for is worked out. A field that a directive leaves out may be among them.
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

/** Returns the fields right below others; what a fragment selects is there once. */
export function fieldsDirectlyBelow(
  fields: readonly FieldNode[],
  fragmentOf: Fragments,
): readonly FieldNode[] {
  const found: FieldNode[] = [];
  // The set grows while the loop goes through it.
  const selections = new Set(fields.map(({ selectionSet }) => selectionSet));
  for (const selection of selections) {
    for (const node of selection?.selections ?? []) {
      if (node.kind === Kind.FIELD) found.push(node);
      else if (node.kind === Kind.INLINE_FRAGMENT) selections.add(node.selectionSet);
      else selections.add(fragmentOf(node.name.value)?.selectionSet);
    }
  }
  return found;
}

type Fragments = (name: string) => FragmentDefinitionNode | undefined;

/** Returns all fields below others; what a fragment selects is there once. */
function fieldsBelow(fields: readonly FieldNode[], fragmentOf: Fragments): ReadonlySet<FieldNode> {
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
      selections.add(node.selectionSet);
    }
  }
  return found;
}
