import {
  execute,
  OperationTypeNode,
  subscribe,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { OpenSubscriptions } from '../subscriptions/open-subscriptions.js';
import type { ResultStream } from '../subscriptions/result-stream.js';
import { codedError } from './graphql-errors.js';
import { askedOperation, type AskedOperation } from './asked-operation.js';
import { DEPTH_MAX, EVENTS_MAX, tooComplex } from './document-limits.js';
import { conflictIn } from './field-merging.js';
import type { GraphqlRequest } from './graphql-request.js';
import { meteredOperation } from './metered-operation.js';
import type { OperationContext } from './operation-context.js';
import { costOf, type OperationCost } from './query-cost.js';
import { readDocument } from './read-document.js';
import { validationRules } from './validation-rules.js';
import { variableFaults } from './variables.js';

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

  /**
   * Returns the result, or the results of a subscription. Errors in a result without data are those
   * before execution, of the document and its variables; others are thrown.
   */
  async answer(
    schema: GraphQLSchema,
    asked: GraphqlRequest,
    context: OperationContext,
  ): Promise<ExecutionResult | ResultStream> {
    const good = this.kept.get(asked.query) ?? this.read(schema, asked.query);
    if (isFaults(good)) return { errors: good };
    const { document } = good;
    const operation = askedOperation(document, asked);
    if (operation === undefined) return { errors: [noOperation()] };
    context.assertTakes(operation.operation.operation);
    const faults = this.admit(schema, good, operation, context);
    if (faults.length > 0) return { errors: faults };
    this.keep(asked.query, good);
    const { operationName, variables: variableValues = {} } = asked;
    const args = { schema, document, contextValue: context, variableValues, operationName };
    return this.run(operation, args, context);
  }

  private async run(
    asked: AskedOperation,
    args: ExecutionArgs,
    context: OperationContext,
  ): Promise<ExecutionResult | ResultStream> {
    if (asked.operation.operation !== OperationTypeNode.SUBSCRIPTION) return execute(args);
    const start = (): ReturnType<typeof subscribe> => subscribe(args);
    return this.limits.subscriptions.open(meteredOperation(asked), start, () => context.scanned);
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
    context: OperationContext,
  ): readonly GraphQLError[] {
    const { operation, variables } = asked;
    context.noteOperation(meteredOperation(asked));
    const costs = costOf(asked, schema, this.limits.now());
    this.assertAffordable(costs);
    const conflict = merged.has(operation) ? undefined : conflictIn(asked);
    if (conflict !== undefined) return [conflict];
    merged.add(operation);
    const faults = variableFaults(schema, operation, variables);
    if (faults.length > 0 || operation.operation === OperationTypeNode.MUTATION) return faults;
    this.limits.queryCostRate.charge(context.client, costs.cost);
    let spent = costs;
    context.chargeBy((cost) => {
      spent = { ...spent, cost: spent.cost + cost };
      this.assertAffordable(spent);
      this.limits.queryCostRate.charge(context.client, cost);
    });
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

/** The longest document that is kept parsed; a few longer documents would fill the memory. */
const KEPT_LENGTH_MAX = 4_000;
const KEPT_DOCUMENTS_MAX = 200;

export interface GraphqlLimits {
  readonly queryCostMax: number;
  /** Limits the cost of a client's queries in a second. */
  readonly queryCostRate: RateLimiter;
  readonly hasIntrospection: boolean;
  readonly subscriptions: OpenSubscriptions;
  /** Returns the time in epoch milliseconds. */
  readonly now: () => number;
}

/** A document that fits the schema. */
interface GoodDocument {
  readonly document: DocumentNode;
  /** The operations whose fields do not contradict each other. */
  readonly merged: Set<OperationDefinitionNode>;
}

const isFaults = (value: object): value is readonly GraphQLError[] => Array.isArray(value);

const noOperation = (): GraphQLError =>
  codedError(
    new PlayheadError(
      'GRAPHQL_VALIDATION_FAILED',
      'operationName: the document has none of that name, or several and none is named',
    ),
  );
