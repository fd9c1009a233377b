import { MINUTE_MS } from '../../domain/time.js';

/** The time for which answers are kept. */
interface Keeping {
  /**
   * The multiple of the time that an answer took. So a quick answer is always new, and a slow
   * question that is repeated takes only a share of the time.
   */
  readonly times: number;
  /** The longest time in milliseconds. */
  readonly msMax: number;
}

/** Bounds a repeated question to a twentieth of the time. */
const KEEPING: Keeping = { times: 20, msMax: MINUTE_MS };
/** The most parts of all kept answers; a part has some hundred bytes. */
const KEPT_PARTS_MAX = 200_000;

interface Kept<Answer> {
  readonly answer: Promise<Answer>;
  /** A position that the answer has reached; it may be further. */
  readonly atLeast: number;
  /** The time until which it is kept; undefined while it is computed. */
  readonly until?: number;
  readonly parts: number;
}

/** Keeps answers for a while, so that equal questions are computed once. */
export class KeptAnswers<Question, Answer> {
  /** The answers by question, the least recently asked first. */
  private readonly kept = new Map<string, Kept<Answer>>();
  private parts = 0;

  constructor(
    /** Returns the number of parts of an answer. */
    private readonly partsOf: (answer: Answer) => number,
    private readonly keeping = KEEPING,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Returns the kept answer if it has reached a position; else computes it. */
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
