import { Kind, type SelectionSetNode } from 'graphql';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { AskedOperation } from './asked-operation.js';

/** Returns the kind of an operation and the root field that it asks for, or `several`. */
export function meteredOperation({ operation, fragments }: AskedOperation): MeteredOperation {
  const [field = 'introspection', ...more] = rootFields(operation.selectionSet, fragments);
  return { operation: operation.operation, field: more.length === 0 ? field : 'several' };
}

/** Stands for the operation of a request that was refused before its document was found valid. */
export const NOT_EXECUTED: MeteredOperation = { operation: 'none', field: 'none' };

/**
 * Returns the names of the root fields in the schema, whatever the answer calls them, without
 * fields about the schema. It looks at a fragment once, however often it is spread.
 */
function rootFields(
  root: SelectionSetNode,
  fragments: AskedOperation['fragments'],
): ReadonlySet<string> {
  const names = new Set<string>();
  // The set grows while the loop goes through it.
  const selectionSets = new Set([root]);
  for (const { selections } of selectionSets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        if (!name.startsWith('__')) names.add(name);
        continue;
      }
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (inner !== undefined) selectionSets.add(inner.selectionSet);
    }
  }
  return names;
}
