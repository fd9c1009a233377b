import type { FoldSettings, Totals } from '../ports/projection.js';
import type { RebuildOutcome } from '../ports/read-model/generation.js';

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

/**
 * Compares a new build by its totals, which need no look at the documents. It tells of a
 * difference, as that may be what the rebuild is for. It refuses an empty build if there was data
 * before.
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

export const failed = (reason: unknown, at: number): RebuildOutcome => ({
  kind: 'failed',
  at,
  detail: String(reason),
});
