/** The limits of a document, and the check that a document keeps them. */

import { Kind, visit, type ASTNode, type DocumentNode, type SelectionSetNode } from 'graphql';
import { PlayheadError } from '../../domain/errors.js';

/** The most tokens of a document: a batch of 1,000 events with every field has about 90,000. */
export const TOKENS_MAX = 100_000;
/** The most levels of selections, values, types and fragments; the deepest introspection has 15. */
export const DEPTH_MAX = 16;
/** The most fields with an alias, or selected again in the same place. */
const ALIASES_MAX = 50;
/** The most selected fields and fragments. */
const SELECTIONS_MAX = 1_000;
/** The most characters of an alias, as the answer repeats it for each row. */
const ALIAS_LENGTH_MAX = 100;
/** The most operations, as validation follows the fragments of each. */
const OPERATIONS_MAX = 10;
const DIRECTIVES_MAX = 20;
/** The most variables of all operations: a batch of 1,000 events may name five for each. */
const VARIABLES_MAX = 5_000;
/** The most members of an object, and arguments of a field: none in the schema has 20. */
const MEMBERS_MAX = 100;
/** The most directives on one field: there are two, and neither may be repeated. */
const DIRECTIVES_HERE_MAX = 3;
/** The greatest page of a list. */
export const PAGE_LENGTH_MAX = 100;
/** The most filters of a field. */
export const FILTERS_MAX = 20;
/** The most metrics of a series. */
export const METRICS_MAX = 6;
/** The most values of a filter. */
export const FILTER_VALUES_MAX = 50;
/** The most faults that are answered for a document. */
export const VALIDATION_ERRORS_MAX = 5;
/** The most events that an operation may record in all its fields. */
export const EVENTS_MAX = 10_000;

/** Makes the error QUERY_TOO_COMPLEX, which names the limit. */
export const tooComplex = (what: string, max: number): PlayheadError =>
  new PlayheadError('QUERY_TOO_COMPLEX', `the document has more than ${String(max)} ${what}`);

/**
 * Refuses a document that is too large to validate cheaply. It looks at the document as it stands.
 * The fields that fragments add count in the query's cost.
 */
export function checkDocument(document: DocumentNode): void {
  const counts = {
    depth: 0,
    selections: 0,
    aliases: 0,
    directives: 0,
    operations: 0,
    variables: 0,
  };
  visit(document, {
    enter: (node) => {
      if (isNesting(node)) counts.depth += 1;
      if (node.kind === Kind.OPERATION_DEFINITION) {
        counts.operations += 1;
        counts.variables += node.variableDefinitions?.length ?? 0;
      }
      if (membersOf(node) > MEMBERS_MAX) throw tooComplex('members in one place', MEMBERS_MAX);
      if (node.kind === Kind.SELECTION_SET) {
        counts.selections += node.selections.length;
        counts.aliases += aliasesIn(node);
      }
      const directives = directivesOn(node);
      if (directives > DIRECTIVES_HERE_MAX) {
        throw tooComplex('directives in one place', DIRECTIVES_HERE_MAX);
      }
      counts.directives += directives;
      assertWithin(counts);
    },
    leave: (node) => {
      if (isNesting(node)) counts.depth -= 1;
    },
  });
}

function assertWithin(counts: Readonly<Record<keyof typeof LIMITS, number>>): void {
  for (const [name, { max, what }] of Object.entries(LIMITS)) {
    if (counts[name as keyof typeof LIMITS] > max) throw tooComplex(what, max);
  }
}

const LIMITS = {
  depth: { max: DEPTH_MAX, what: 'levels' },
  selections: { max: SELECTIONS_MAX, what: 'selections' },
  aliases: { max: ALIASES_MAX, what: 'aliases and repeated fields' },
  directives: { max: DIRECTIVES_MAX, what: 'directives' },
  operations: { max: OPERATIONS_MAX, what: 'operations' },
  variables: { max: VARIABLES_MAX, what: 'variables' },
};

const directivesOn = (node: ASTNode): number =>
  (node as { readonly directives?: readonly unknown[] }).directives?.length ?? 0;

/** Counts the members of an object, or the arguments of a field or a directive. */
function membersOf(node: ASTNode): number {
  if (node.kind === Kind.OBJECT) return node.fields.length;
  const isAsking = node.kind === Kind.FIELD || node.kind === Kind.DIRECTIVE;
  return isAsking ? (node.arguments?.length ?? 0) : 0;
}

const NESTING: readonly string[] = [Kind.SELECTION_SET, Kind.LIST, Kind.OBJECT, Kind.LIST_TYPE];
const isNesting = ({ kind }: ASTNode): boolean => NESTING.includes(kind);

function aliasesIn({ selections }: SelectionSetNode): number {
  const names = new Set<string>();
  let aliases = 0;
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) continue;
    const name = (selection.alias ?? selection.name).value;
    if (selection.alias !== undefined && name.length > ALIAS_LENGTH_MAX) {
      throw tooComplex('characters in an alias', ALIAS_LENGTH_MAX);
    }
    if (selection.alias !== undefined || names.has(name)) aliases += 1;
    names.add(name);
  }
  return aliases;
}
