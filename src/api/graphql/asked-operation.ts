import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { GraphqlRequest } from './graphql-request.js';

/** The operation of a document that a request asks for, with what it is made of. */
export interface AskedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As they came. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Undefined where the document has none of that name, or several and no name is given. */
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

/** The value of a variable, none of what every object has by its prototype. */
export const ownValue = (variables: AskedOperation['variables'], name: string): unknown =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;
