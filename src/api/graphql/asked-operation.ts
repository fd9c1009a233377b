import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { GraphqlRequest } from './graphql-request.js';

/** The operation that a request asks for, with its document's fragments and its variables. */
export interface AskedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The variables as they came. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Finds the operation; undefined if none has the name, or without a name if there are several. */
export function askedOperation(
  document: DocumentNode,
  { operationName, variables = {} }: Pick<GraphqlRequest, 'operationName' | 'variables'>,
): AskedOperation | undefined {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return undefined;
  const fragments = document.definitions.flatMap((one) =>
    one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
  );
  return { operation, fragments: new Map(fragments), variables };
}

/** Returns the value of a variable; undefined for names that every object inherits. */
export const ownValue = (variables: AskedOperation['variables'], name: string): unknown =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;
