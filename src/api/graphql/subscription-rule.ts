import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type FieldNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * Refuses a subscription that does not ask for exactly one field, whatever its variables are. It
 * replaces a rule of graphql-js that fails where a variable leaves the field out.
 */
export function subscriptionsAskForOneField(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const fields = rootFields(node.selectionSet, context);
      const names = new Set(fields?.map(({ alias, name }) => (alias ?? name).value));
      const isOne = names.size === 1 && fields?.every(({ name }) => !name.value.startsWith('__'));
      if (isOne === true) return;
      const message = 'a subscription asks for one field, without @skip and @include';
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

const CONDITIONS: readonly string[] = ['skip', 'include'];

/** Returns the fields of the root; undefined if a condition stands on one of them. */
function rootFields(
  root: SelectionSetNode,
  context: ValidationContext,
): readonly FieldNode[] | undefined {
  const fields: FieldNode[] = [];
  // The set grows while the loop goes through it.
  const selectionSets = new Set([root]);
  for (const { selections } of selectionSets) {
    for (const selection of selections) {
      const { directives = [] } = selection;
      if (directives.some(({ name }) => CONDITIONS.includes(name.value))) return undefined;
      if (selection.kind === Kind.FIELD) {
        fields.push(selection);
        continue;
      }
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : context.getFragment(selection.name.value);
      if (inner != null) selectionSets.add(inner.selectionSet);
    }
  }
  return fields;
}
