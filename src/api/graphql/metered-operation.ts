import type { FastifyRequest } from 'fastify';
import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { MeteredOperation } from '../../telemetry/telemetry.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a GraphQL request does, once its document has been found good. */
    operation: MeteredOperation | undefined;
  }
}

/** Notes on a request what it does, for the metrics. */
export function noteOperation(
  request: FastifyRequest,
  document: DocumentNode,
  operationName: string | undefined,
): void {
  request.operation = operationOf(document, operationName);
}

/** The kind of an operation, and the field of the schema's root that it asks for. */
export function operationOf(
  document: DocumentNode,
  operationName: string | undefined,
): MeteredOperation | undefined {
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const fields = new Set(rootFields(operation.selectionSet, fragments));
  const [field = 'introspection', ...more] = fields;
  return { operation: operation.operation, field: more.length === 0 ? field : 'several' };
}

/** By their names in the schema, whatever the answer calls them; without those about the schema. */
function rootFields(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      return name.startsWith('__') ? [] : [name];
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return inner === undefined ? [] : rootFields(inner.selectionSet, fragments);
  });
}
