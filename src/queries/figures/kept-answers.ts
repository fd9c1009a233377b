import { MINUTE_MS } from '../../domain/time.js';

/** For how long answers are kept. */
interface Keeping {
  /**
   * As a multiple of the time that an answer took: one that comes at once is always new, and the
   * same heavy question takes only a share of the time.
   */
  readonly times: number;
  /** At the most, milliseconds. */
  readonly msMax: number;
}

/** The same question takes a twentieth of the time at most. */
const KEEPING: Keeping = { times: 20, msMax: MINUTE_MS };
/** The sizes of all answers: a part has some hundred bytes. */
const KEPT_PARTS_MAX = 200_000;

interface Kept<Answer> {
  readonly answer: Promise<Answer>;
  /** The position that the answer has come to, or is behind. */
  readonly atLeast: number;
  /** Undefined while it is worked out. */
  readonly until?: number;
  readonly parts: number;
}

/** Keeps answers for a while, so that equal questions are worked out once. */
export class KeptAnswers<Question, Answer> {
  /** By question, the least recently asked first. */
  private readonly kept = new Map<string, Kept<Answer>>();
  private parts = 0;

  constructor(
    /** Returns the number of parts of an answer. */
    private readonly partsOf: (answer: Answer) => number,
    private readonly keeping = KEEPING,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Returns what is kept, if it has come as far as a position; else works it out. */
  answer(question: Question, atLeast: number, work: () => Promise<Answer>): Promise<Answer> {
    const key = JSON.stringify(question);
    const known = this.kept.get(key);
    if (known !== undefined) {
      this.kept.delete(key);
      const isFresh = known.until === undefined || known.until > this.nowMs();
      if (isFresh && known.atLeast >= atLeast) {
        this.kept.set(key, known);
        return known.answer;
      }
      this.parts -= known.parts;
    }
    return this.workedOut(key, atLeast, work);
  }

  private workedOut(key: string, atLeast: number, work: () => Promise<Answer>): Promise<Answer> {
    const begin = this.nowMs();
    const answer = work();
    const asked: Kept<Answer> = { answer, atLeast, parts: 0 };
    this.kept.set(key, asked);
    void answer.then(
      (found) => {
        if (this.kept.get(key) !== asked) return;
        const now = this.nowMs();
        const { times, msMax } = this.keeping;
        const until = now + Math.min(msMax, times * (now - begin));
        const parts = this.partsOf(found);
        this.kept.set(key, { ...asked, until, parts });
        this.parts += parts;
        this.forgetEldest();
      },
      () => {
        // A failure is told to who asked, and is not kept.
        if (this.kept.get(key) === asked) this.kept.delete(key);
      },
    );
    return answer;
  }

  private forgetEldest(): void {
    for (const [key, { parts }] of this.kept) {
      if (this.parts <= KEPT_PARTS_MAX) return;
      this.kept.delete(key);
      this.parts -= parts;
    }
  }
}
