import type { FoldSettings, Totals } from '../ports/projection.js';

/**
 * Compares a new build with an older one by their totals, which takes no look at the documents. A
 * difference is reported and allowed, as it may be the reason for the rebuild. An empty build is
 * refused if the older one held data.
 */
export function compare(built: Totals, { serving, otherVersion }: Compared): Comparison {
  const hadAny = [serving, otherVersion].some((totals) => (totals?.folds ?? 0) > 0);
  if (hadAny && (built.folds ?? 0) === 0) {
    return { isSound: false, detail: 'the new read model is empty, and the log is not' };
  }
  if (serving === undefined) return { isSound: true, detail: 'nothing to compare with' };
  const changes = changesOf(serving, built, 0);
  return { isSound: true, detail: changes === '' ? 'the same totals' : changes };
}

/** The result of comparing two builds of a read model. */
interface Comparison {
  /** Says whether the new build may serve. */
  readonly isSound: boolean;
  readonly detail: string;
}

/** The totals that a new build is compared with, if there are any. */
export interface Compared {
  /** The totals of the generation to replace, at the same place of the log. */
  readonly serving: Totals | undefined;
  /** The totals of another version's serving generation, somewhere in the log. */
  readonly otherVersion: Totals | undefined;
}

type Values = Totals | FoldSettings;

/** Names the values that differ, each with both; '' if none does. */
export function changesOf(before: Values, after: Values, absent?: number): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changes = names.flatMap((name) => {
    const [from, to] = [before[name] ?? absent, after[name] ?? absent];
    return from === to ? [] : [`${name} ${String(from ?? 'unset')} -> ${String(to ?? 'unset')}`];
  });
  return changes.join(', ');
}
