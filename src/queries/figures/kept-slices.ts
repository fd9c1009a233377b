import { MINUTE_MS } from '../../domain/time.js';
import type { Slice, SliceAnswer } from '../../ports/read-model/slices.js';

/** The longest time for which an answer is kept. */
const KEPT_MS_MAX = MINUTE_MS;
/**
 * An answer is kept for so many times as long as it took: one that comes at once is always new, and
 * the same heavy question takes a twentieth of the time at most.
 */
const KEPT_TIMES = 20;
/** Groups have some hundred bytes. */
const KEPT_GROUPS_MAX = 200_000;

type Answers = readonly SliceAnswer[];

interface Kept {
  readonly answers: Promise<Answers>;
  /** The position that the answers have come to, or are behind. */
  readonly atLeast: number;
  /** Undefined while they are worked out. */
  readonly until?: number;
  readonly groups: number;
}

/** Keeps answers for a while, so that equal questions are worked out once. */
export class KeptSlices {
  /** By question, the least recently asked first. */
  private readonly kept = new Map<string, Kept>();
  private groups = 0;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Returns what is kept, if it has come as far as a position; else works it out. */
  answer(
    questions: readonly Slice[],
    atLeast: number,
    work: () => Promise<Answers>,
  ): Promise<Answers> {
    const key = JSON.stringify(questions);
    const known = this.kept.get(key);
    if (known !== undefined) {
      this.kept.delete(key);
      const isFresh = known.until === undefined || known.until > this.nowMs();
      if (isFresh && known.atLeast >= atLeast) {
        this.kept.set(key, known);
        return known.answers;
      }
      this.groups -= known.groups;
    }
    return this.workedOut(key, atLeast, work);
  }

  private workedOut(key: string, atLeast: number, work: () => Promise<Answers>): Promise<Answers> {
    const begin = this.nowMs();
    const answers = work();
    const asked: Kept = { answers, atLeast, groups: 0 };
    this.kept.set(key, asked);
    void answers.then(
      (found) => {
        if (this.kept.get(key) !== asked) return;
        const now = this.nowMs();
        const until = now + Math.min(KEPT_MS_MAX, KEPT_TIMES * (now - begin));
        const groups = found.reduce((sum, one) => sum + one.groups.length, 1);
        this.kept.set(key, { ...asked, until, groups });
        this.groups += groups;
        this.forgetEldest();
      },
      () => {
        // A failure is told to who asked, and is not kept.
        if (this.kept.get(key) === asked) this.kept.delete(key);
      },
    );
    return answers;
  }

  private forgetEldest(): void {
    for (const [key, { groups }] of this.kept) {
      if (this.groups <= KEPT_GROUPS_MAX) return;
      this.kept.delete(key);
      this.groups -= groups;
    }
  }
}
