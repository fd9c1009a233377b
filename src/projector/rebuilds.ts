import type { Totals } from '../ports/projection.js';
import type { RebuildOutcome } from '../ports/read-model/generation.js';

/** What a comparison of two builds of a read model comes to. */
interface Comparison {
  /** Whether the new one may serve. */
  readonly isSound: boolean;
  readonly detail: string;
}

/** What a new build is compared with, where there is any. */
export interface Compared {
  /** What it is to replace, at the same place of the log. */
  readonly serving: Totals | undefined;
  /** What serves another version, somewhere in the log. */
  readonly otherVersion: Totals | undefined;
}

/**
 * Compares a new build by its totals, which need no look at the documents. A difference is what a
 * rebuild may be for, and is told; nothing at all where there was something is refused.
 */
export function compare(built: Totals, { serving, otherVersion }: Compared): Comparison {
  const hadAny = [serving, otherVersion].some((totals) => (totals?.folds ?? 0) > 0);
  if (hadAny && (built.folds ?? 0) === 0) {
    return { isSound: false, detail: 'the new read model is empty, and the log is not' };
  }
  if (serving === undefined) return { isSound: true, detail: 'nothing to compare with' };
  const names = [...new Set([...Object.keys(serving), ...Object.keys(built)])].sort();
  const differences = names.flatMap((name) => {
    const [before, after] = [serving[name] ?? 0, built[name] ?? 0];
    return before === after ? [] : [`${name} ${String(before)} -> ${String(after)}`];
  });
  const detail = differences.length === 0 ? 'the same totals' : differences.join(', ');
  return { isSound: true, detail };
}

export const failed = (reason: unknown, at: number): RebuildOutcome => ({
  kind: 'failed',
  at,
  detail: String(reason),
});
