import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/**
 * Returns the names of all fields that are selected somewhere below a field, so that only what is
 * asked for is worked out. A field that a directive leaves out may be among them.
 */
export function selectedNames({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const spread = new Set<string>();
  const addAll = (selection: SelectionSetNode | undefined): void => {
    for (const node of selection?.selections ?? []) {
      if (node.kind === Kind.FIELD) {
        names.add(node.name.value);
        addAll(node.selectionSet);
      } else if (node.kind === Kind.INLINE_FRAGMENT) addAll(node.selectionSet);
      else if (!spread.has(node.name.value)) {
        spread.add(node.name.value);
        addAll(fragments[node.name.value]?.selectionSet);
      }
    }
  };
  for (const { selectionSet } of fieldNodes) addAll(selectionSet);
  return names;
}
