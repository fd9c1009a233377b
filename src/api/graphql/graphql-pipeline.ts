import {
  execute,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import type { RateLimiter } from '../ingest/rate-limiter.js';
import { askedOperation, type AskedOperation } from './asked-operation.js';
import {
  checkDocument,
  DEPTH_MAX,
  EVENTS_MAX,
  TOKENS_MAX,
  tooComplex,
  VALIDATION_ERRORS_MAX,
} from './document-limits.js';
import { answerErrors } from './error-formatter.js';
import { conflictIn } from './field-merging.js';
import type { GraphqlRequest } from './graphql-request.js';
import { meteredOperation } from './metered-operation.js';
import { costOf, type OperationCost } from './query-cost.js';
import type { RequestContext } from './request-context.js';
import { shapeFaultIn } from './variable-shapes.js';

/** Documents up to this length are kept parsed; of longer ones a few would fill the memory. */
const KEPT_LENGTH_MAX = 4_000;
const KEPT_DOCUMENTS_MAX = 200;

export interface GraphqlLimits {
  readonly queryCostMax: number;
  /** How much queries may cost in a second. */
  readonly queryCostRate: RateLimiter;
  readonly hasIntrospection: boolean;
  /** The time in epoch milliseconds. */
  readonly now: () => number;
}

/** The rules of the specification; that fields do not conflict is looked at by conflictIn. */
export function validationRules(hasIntrospection: boolean): readonly ValidationRule[] {
  const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);
  return hasIntrospection ? rules : [...rules, NoSchemaIntrospectionCustomRule];
}

/** A document that fits the schema. */
interface GoodDocument {
  readonly document: DocumentNode;
  /** Its operations whose fields do not contradict each other. */
  readonly merged: Set<OperationDefinitionNode>;
}

/**
 * The way of a GraphQL request, from the text of its document to the answer. Each step bounds what
 * the next one takes: the size of the document, its validity, its cost, the shape of its variables.
 */
export class GraphqlPipeline {
  /** By their text, the least recently used first. */
  private readonly kept = new Map<string, GoodDocument>();
  private readonly rules: readonly ValidationRule[];

  constructor(private readonly limits: GraphqlLimits) {
    this.rules = validationRules(limits.hasIntrospection);
  }

  /** The body of the answer; sets its status. Throws what is refused before it is a document. */
  async answer(
    schema: GraphQLSchema,
    asked: GraphqlRequest,
    context: RequestContext,
  ): Promise<unknown> {
    const { operationName, variables = {} } = asked;
    const good = this.kept.get(asked.query) ?? readDocument(schema, asked.query, this.rules);
    if ('faults' in good) return refuse(good.faults, context);
    const operation = askedOperation(good.document, asked);
    if (operation?.operation.operation === OperationTypeNode.MUTATION && !context.mayChange) {
      throw notByGet();
    }
    const fault = operation && this.admit(schema, good, operation, context);
    if (fault !== undefined) return refuse([fault], context);
    this.keep(asked.query, good);
    const result = await execute({
      schema,
      document: good.document,
      contextValue: context,
      variableValues: variables,
      operationName,
    });
    return result.errors === undefined ? result : refuse(result.errors, context, result.data);
  }

  /** Lets an operation through to be executed, or tells what is wrong with it. */
  private admit(
    schema: GraphQLSchema,
    { merged }: GoodDocument,
    asked: AskedOperation,
    context: RequestContext,
  ): GraphQLError | undefined {
    const { operation, variables } = asked;
    context.noteOperation(meteredOperation(asked));
    const costs = costOf(asked, schema, this.limits.now());
    this.assertAffordable(costs);
    const conflict = merged.has(operation) ? undefined : conflictIn(asked);
    if (conflict !== undefined) return unfit(conflict);
    merged.add(operation);
    const fault = shapeFaultIn(schema, operation, variables);
    if (fault !== undefined) return fault;
    if (operation.operation === OperationTypeNode.QUERY) {
      this.limits.queryCostRate.charge(context.client, costs.cost);
    }
    return undefined;
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

/** A document within the limits, or how it does not fit the schema; throws for any other fault. */
function readDocument(
  schema: GraphQLSchema,
  text: string,
  rules: readonly ValidationRule[],
): GoodDocument | { readonly faults: readonly GraphQLError[] } {
  const document = parse(text, { maxTokens: TOKENS_MAX });
  checkDocument(document);
  const faults = validate(schema, document, rules, { maxErrors: VALIDATION_ERRORS_MAX });
  if (faults.length > 0) return { faults: faults.map(unfit) };
  return { document, merged: new Set() };
}

/** A fault of a document, its literals included, whatever rule of ours it breaks. */
function unfit({ message, nodes }: GraphQLError): GraphQLError {
  const originalError = new PlayheadError('GRAPHQL_VALIDATION_FAILED', message);
  return new GraphQLError(message, { nodes: nodes ?? null, originalError });
}

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
