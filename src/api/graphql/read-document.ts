import {
  GraphQLError,
  isValueNode,
  Lexer,
  parse,
  print,
  Source,
  TokenKind,
  validate,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import { QUOTE_LENGTH_MAX } from '../../domain/text.js';
import { codedError } from './graphql-errors.js';
import {
  checkDocument,
  DEPTH_MAX,
  TOKENS_MAX,
  tooComplex,
  VALIDATION_ERRORS_MAX,
} from './document-limits.js';

/** Returns a document, or its faults; throws QUERY_TOO_COMPLEX if it is beyond the limits. */
export function readDocument(
  schema: GraphQLSchema,
  text: string,
  rules: readonly ValidationRule[],
): DocumentNode | readonly GraphQLError[] {
  const document = parseDocument(text);
  if (document instanceof GraphQLError) return [document];
  checkDocument(document);
  const options = { maxErrors: VALIDATION_ERRORS_MAX, hideSuggestions: true };
  const faults = validate(schema, document, rules, options);
  if (faults.length === 0) return document;
  const { lengthMax } = tokensIn(text);
  return faults.map((fault) => unfit(fault, lengthMax));
}

/**
 * Parses a document, or returns its fault; throws QUERY_TOO_COMPLEX if it has too many tokens or
 * levels. Its nodes keep their places, but not the text: else every error of graphql-js would count
 * the lines before its place, which the tokens know (see `placesOf` in answer-errors.ts).
 */
export function parseDocument(text: string): DocumentNode | GraphQLError {
  const source = new Source(text);
  try {
    const document = parse(source, { maxTokens: TOKENS_MAX });
    source.body = '';
    return document;
  } catch (error) {
    // The parser recurses once for each level of a document.
    if (error instanceof RangeError) throw tooComplex('levels', DEPTH_MAX);
    if (!(error instanceof GraphQLError)) throw error;
    const { count, lengthMax } = tokensIn(text);
    if (count > TOKENS_MAX) throw tooComplex('tokens', TOKENS_MAX);
    const isShort = lengthMax <= QUOTE_LENGTH_MAX;
    const message = isShort ? error.message : 'the document is not well formed';
    const { source, positions } = error;
    return new GraphQLError(message, {
      source,
      positions,
      originalError: new PlayheadError('GRAPHQL_PARSE_FAILED', message),
    });
  }
}

/** Makes the error for a fault by a rule of the specification. */
function unfit({ message, nodes = [] }: GraphQLError, tokenLengthMax: number): GraphQLError {
  const mayQuote =
    tokenLengthMax > QUOTE_LENGTH_MAX || nodes.some((node) => isPrintedIn(message, node));
  const told = mayQuote ? 'a part of the document does not fit the schema' : message;
  return codedError(new PlayheadError('GRAPHQL_VALIDATION_FAILED', told), nodes);
}

/**
 * Says whether a message has room to print a value that is longer than may be quoted. Its length
 * bounds what it can hold, however graphql-js words it.
 */
function isPrintedIn({ length }: string, node: ASTNode): boolean {
  if (!isValueNode(node)) return false;
  const printed = print(node).length;
  return printed > QUOTE_LENGTH_MAX && printed < length;
}

/** Counts the tokens of a faulty document up to its fault, and at most one token too many. */
function tokensIn(text: string): { readonly count: number; readonly lengthMax: number } {
  const lexer = new Lexer(new Source(text));
  let [count, lengthMax] = [0, 0];
  try {
    while (count <= TOKENS_MAX && lexer.advance().kind !== TokenKind.EOF) {
      count += 1;
      lengthMax = Math.max(lengthMax, lexer.token.end - lexer.token.start);
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  return { count, lengthMax };
}
