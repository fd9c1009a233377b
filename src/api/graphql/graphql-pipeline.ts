import {
  execute,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import { answerErrors, codedError } from './answer-errors.js';
import { askedOperation, type AskedOperation } from './asked-operation.js';
import { DEPTH_MAX, EVENTS_MAX, tooComplex } from './document-limits.js';
import { conflictIn } from './field-merging.js';
import type { GraphqlRequest } from './graphql-request.js';
import { meteredOperation } from './metered-operation.js';
import { costOf, type OperationCost } from './query-cost.js';
import { readDocument } from './read-document.js';
import type { RequestContext } from './request-context.js';
import { validationRules } from './validation-rules.js';
import { variableFaults } from './variables.js';

/** The longest document that is kept parsed; a few longer documents would fill the memory. */
const KEPT_LENGTH_MAX = 4_000;
const KEPT_DOCUMENTS_MAX = 200;

export interface GraphqlLimits {
  readonly queryCostMax: number;
  /** Limits the cost of a client's queries in a second. */
  readonly queryCostRate: RateLimiter;
  readonly hasIntrospection: boolean;
  /** Returns the time in epoch milliseconds. */
  readonly now: () => number;
}

/** A document that fits the schema. */
interface GoodDocument {
  readonly document: DocumentNode;
  /** The operations whose fields do not contradict each other. */
  readonly merged: Set<OperationDefinitionNode>;
}

/**
 * Takes a GraphQL request from the text of its document to the answer. Each step bounds the work of
 * the next: the document's size, its validity, its cost, the shape of its variables.
 */
export class GraphqlPipeline {
  /** Parsed documents by their text, the least recently used first. */
  private readonly kept = new Map<string, GoodDocument>();
  private readonly rules: readonly ValidationRule[];

  constructor(private readonly limits: GraphqlLimits) {
    this.rules = validationRules(limits.hasIntrospection);
  }

  /** Returns the body of the answer, and sets its status. Throws errors before execution. */
  async answer(
    schema: GraphQLSchema,
    asked: GraphqlRequest,
    context: RequestContext,
  ): Promise<object> {
    const good = this.kept.get(asked.query) ?? this.read(schema, asked.query);
    if (isFaults(good)) return refuse(good, context);
    const { document } = good;
    const operation = askedOperation(document, asked);
    if (operation === undefined) return refuse([noOperation()], context);
    if (operation.operation.operation === OperationTypeNode.MUTATION && !context.mayChange) {
      throw notByGet();
    }
    const faults = this.admit(schema, good, operation, context);
    if (faults.length > 0) return refuse(faults, context);
    this.keep(asked.query, good);
    const { operationName, variables = {} } = asked;
    const result = await execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
    });
    return result.errors === undefined ? result : refuse(result.errors, context, result.data);
  }

  private read(schema: GraphQLSchema, text: string): GoodDocument | readonly GraphQLError[] {
    const read = readDocument(schema, text, this.rules);
    return isFaults(read) ? read : { document: read, merged: new Set() };
  }

  /** Checks an operation before it is executed, and returns its faults. */
  private admit(
    schema: GraphQLSchema,
    { merged }: GoodDocument,
    asked: AskedOperation,
    context: RequestContext,
  ): readonly GraphQLError[] {
    const { operation, variables } = asked;
    context.noteOperation(meteredOperation(asked));
    const costs = costOf(asked, schema, this.limits.now());
    this.assertAffordable(costs);
    const conflict = merged.has(operation) ? undefined : conflictIn(asked);
    if (conflict !== undefined) return [conflict];
    merged.add(operation);
    const faults = variableFaults(schema, operation, variables);
    if (faults.length === 0 && operation.operation === OperationTypeNode.QUERY) {
      this.limits.queryCostRate.charge(context.client, costs.cost);
      let spent = costs;
      context.chargeBy((cost) => {
        spent = { ...spent, cost: spent.cost + cost };
        this.assertAffordable(spent);
        this.limits.queryCostRate.charge(context.client, cost);
      });
    }
    return faults;
  }

  private assertAffordable({ cost, events, depth }: OperationCost): void {
    const { queryCostMax } = this.limits;
    if (depth > DEPTH_MAX) throw tooComplex('levels', DEPTH_MAX);
    if (events > EVENTS_MAX) throw tooComplex('events', EVENTS_MAX);
    if (cost > queryCostMax) throw tooComplex('units of cost', queryCostMax);
  }

  private keep(text: string, good: GoodDocument): void {
    if (text.length > KEPT_LENGTH_MAX) return;
    this.kept.delete(text);
    this.kept.set(text, good);
    const [eldest] = this.kept.keys();
    if (this.kept.size > KEPT_DOCUMENTS_MAX && eldest !== undefined) this.kept.delete(eldest);
  }
}

const isFaults = (value: object): value is readonly GraphQLError[] => Array.isArray(value);

const noOperation = (): GraphQLError =>
  codedError(
    new PlayheadError(
      'GRAPHQL_VALIDATION_FAILED',
      'operationName: the document has none of that name, or several and none is named',
    ),
  );

const notByGet = (): PlayheadError => {
  const rule = 'query: a mutation must be sent as a POST';
  return new PlayheadError('METHOD_NOT_ALLOWED', rule, { allow: ['POST'] });
};

function refuse(
  errors: readonly GraphQLError[],
  context: RequestContext,
  data?: ExecutionResult['data'],
): object {
  const { statusCode, body } = answerErrors(errors, context, data);
  context.reply.code(statusCode);
  return body;
}
