import {
  getNamedType,
  GraphQLError,
  isLeafType,
  NoSchemaIntrospectionCustomRule,
  OverlappingFieldsCanBeMergedRule,
  ScalarLeafsRule,
  specifiedRules,
  type ASTVisitor,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** conflictIn looks for conflicts of fields; the other has suggestions that cannot be hidden. */
const REPLACED: readonly ValidationRule[] = [OverlappingFieldsCanBeMergedRule, ScalarLeafsRule];

/** The rules of the specification. */
export function validationRules(hasIntrospection: boolean): readonly ValidationRule[] {
  const rules = specifiedRules.filter((rule) => !REPLACED.includes(rule));
  const ours = [...rules, operationsAreKnown, selectionsFit];
  return hasIntrospection ? ours : [...ours, NoSchemaIntrospectionCustomRule];
}

/** A schema need not have every kind of operation; graphql-js finds that when it executes one. */
function operationsAreKnown(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(new GraphQLError(`there are no ${node.operation}s`, { nodes: node }));
    },
  };
}

/** Of an object fields are selected, and of a single value none. */
function selectionsFit(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      const type = context.getType();
      if (type == null) return;
      const { name, selectionSet } = node;
      const isLeaf = isLeafType(getNamedType(type));
      if (isLeaf === (selectionSet === undefined)) return;
      const rule = isLeaf ? 'has no fields to select' : 'needs a selection of fields';
      const message = `Field "${name.value}" ${rule}: it is of the type ${String(type)}`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
