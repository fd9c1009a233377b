import {
  Kind,
  print,
  type FieldNode,
  type GraphQLError,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { PlayheadError } from '../../domain/errors.js';
import { quote } from '../../domain/text.js';
import { codedError } from './graphql-errors.js';
import type { AskedOperation } from './asked-operation.js';
import { tooComplex } from './document-limits.js';

/**
 * Finds the first two fields of an operation that share a name in the answer and are not the same,
 * as an error; undefined if there are none. Throws QUERY_TOO_COMPLEX if the fragments make it too
 * much to compare. It replaces a rule of graphql-js that compares all
 * fields of a name with each other. This compares each field with the first, which is enough: our
 * schema has no interfaces and unions, so all fields in one place are of one type.
 */
export function conflictIn({ operation, fragments }: AskedOperation): GraphQLError | undefined {
  return new Merging(fragments).conflictAmong([operation.selectionSet]);
}

type Fragments = AskedOperation['fragments'];

/**
 * The most fields that are collected for the places of an answer. It is far more than 50 aliases
 * of a large fragment need. Fragments can be made to give each way through them fields of its own:
 * of 1,000 selections, half a million lists.
 */
const COLLECTED_MAX = 100_000;

class Merging {
  private readonly numbers = new Map<FieldNode, number>();
  /** Fields that were merged, by their numbers, as fragments lead to the same fields repeatedly. */
  private readonly merged = new Set<string>();
  /** The number of each field's name and arguments: an argument may be long, so it is read once. */
  private readonly meanings = new Map<FieldNode, number>();
  private readonly numbersOfMeanings = new Map<string, number>();
  private collected = 0;

  constructor(private readonly fragments: Fragments) {}

  /** Looks for a conflict among selection sets that are answered in one place. */
  conflictAmong(selectionSets: readonly SelectionSetNode[]): GraphQLError | undefined {
    for (const [name, fields] of this.fieldsByName(selectionSets)) {
      const key = fields.map((field) => numberOf(field, this.numbers)).join();
      if (this.merged.has(key)) continue;
      this.merged.add(key);
      const conflict = this.conflictBetween(name, fields) ?? this.conflictAmong(setsOf(fields));
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }

  private conflictBetween(
    name: string,
    [first, ...others]: readonly FieldNode[],
  ): GraphQLError | undefined {
    if (first === undefined || others.length === 0) return undefined;
    const meaning = this.meaningOf(first);
    const other = others.find((field) => this.meaningOf(field) !== meaning);
    if (other === undefined) return undefined;
    const message = `fields ${quote(name)} conflict: give one of them an alias of its own`;
    return codedError(new PlayheadError('GRAPHQL_VALIDATION_FAILED', message), [first, other]);
  }

  private fieldsByName(
    selectionSets: readonly SelectionSetNode[],
  ): ReadonlyMap<string, readonly FieldNode[]> {
    const byName = new Map<string, FieldNode[]>();
    const seen = new Set<string>();
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) {
          this.collected += 1;
          if (this.collected > COLLECTED_MAX) throw tooComplex('fields to merge', COLLECTED_MAX);
          const name = (selection.alias ?? selection.name).value;
          const fields = byName.get(name);
          if (fields === undefined) byName.set(name, [selection]);
          else fields.push(selection);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          collect(selection.selectionSet);
        } else if (!seen.has(selection.name.value)) {
          seen.add(selection.name.value);
          const fragment = this.fragments.get(selection.name.value);
          if (fragment !== undefined) collect(fragment.selectionSet);
        }
      }
    };
    selectionSets.forEach(collect);
    return byName;
  }

  /** Returns a number that is the same for fields of the same name and arguments. */
  private meaningOf(field: FieldNode): number {
    const known = this.meanings.get(field);
    if (known !== undefined) return known;
    const number = numberOf(printed(field), this.numbersOfMeanings);
    this.meanings.set(field, number);
    return number;
  }
}

/** Returns the number of a thing, or gives it the next. */
function numberOf<T>(thing: T, numbers: Map<T, number>): number {
  const number = numbers.get(thing) ?? numbers.size;
  numbers.set(thing, number);
  return number;
}

const setsOf = (fields: readonly FieldNode[]): readonly SelectionSetNode[] =>
  fields.flatMap(({ selectionSet = [] }) => selectionSet);

/** Prints the name and arguments of a field: fields in which these are equal can be merged. */
function printed({ name, arguments: given = [] }: FieldNode): string {
  const values = given.map((one) => `${one.name.value}:${canonical(one.value)}`).sort();
  return `${name.value}(${values.join(',')})`;
}

/** Prints a value in one form, however the members of its objects are ordered. */
function canonical(value: ValueNode): string {
  if (value.kind === Kind.LIST) return `[${value.values.map(canonical).join(',')}]`;
  if (value.kind !== Kind.OBJECT) return print(value);
  const members = value.fields.map((one) => `${one.name.value}:${canonical(one.value)}`);
  return `{${members.sort().join(',')}}`;
}
