import {
  getNamedType,
  GraphQLError,
  isLeafType,
  NoSchemaIntrospectionCustomRule,
  OverlappingFieldsCanBeMergedRule,
  ScalarLeafsRule,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  type ASTVisitor,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { subscriptionsAskForOneField } from './subscription-rule.js';

/** Returns the rules of the specification, with those of this server in place of some. */
export function validationRules(hasIntrospection: boolean): readonly ValidationRule[] {
  const rules = specifiedRules.filter((rule) => !REPLACED.includes(rule));
  const ours = [...rules, operationsAreKnown, selectionsFit, subscriptionsAskForOneField];
  return hasIntrospection ? ours : [...ours, NoSchemaIntrospectionCustomRule];
}

/**
 * The rules of the specification that this server replaces: the first by `conflictIn`, the second
 * by `selectionsFit`, as its suggestions cannot be hidden, and the third by
 * `subscriptionsAskForOneField`.
 */
const REPLACED: readonly ValidationRule[] = [
  OverlappingFieldsCanBeMergedRule,
  ScalarLeafsRule,
  SingleFieldSubscriptionsRule,
];

/** Refuses kinds of operations that the schema lacks: graphql-js finds that only at execution. */
function operationsAreKnown(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(new GraphQLError(`there are no ${node.operation}s`, { nodes: node }));
    },
  };
}

/** Refuses an object without selected fields, and a single value with them. */
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
