import { Inject, Injectable } from '@nestjs/common';
import type { Dimension } from '../../domain/figures/dimensions.js';
import { isByStart } from '../../domain/figures/session-order.js';
import type { FigureParts, FigureTotals } from '../../domain/figures/figure-totals.js';
import { SAMPLE_SLOTS, type Slots } from '../../domain/figures/session-places.js';
import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { PlayheadError } from '../../domain/errors.js';
import type { Stretch } from '../../domain/time.js';
import { LOG_START } from '../../ports/event-store.js';
import type { ListedSession, SessionListQuestion } from '../../ports/read-model/session-list.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
  SliceFilter,
  SliceGroup,
} from '../../ports/read-model/slices.js';
import { QUERY_SETTINGS, type QuerySettings } from '../query-settings.js';
import { ReadModels } from '../read-models.js';
import type { AskingTerms } from './figures.query.js';
import {
  COUNTS_ALONE,
  extentOf,
  factorOf,
  isSessionOf,
  slotsFor,
  titlesOf,
  type Extent,
} from './extent.js';
import { KeptAnswers } from './kept-answers.js';
import { partsToList } from './parts-to-list.js';
import { SliceQueue } from './slice-queue.js';

/** Questions that are answered on one state, under the same filters. */
interface SlicedQuestions {
  readonly filters: readonly SliceFilter[];
  readonly questions: readonly SlicedQuestion[];
  /** The slots to read, if they were chosen before. */
  readonly slots?: Slots;
}

interface SlicedQuestion {
  /** The stretches of whole minutes, in the order of time. An empty stretch has no group. */
  readonly stretches: readonly Stretch[];
  readonly by?: Dimension;
  readonly parts: FigureParts;
}

interface SlicedAnswers {
  /** The groups of each question; estimates for all sessions if a sample was read. */
  readonly answers: readonly (readonly SliceGroup[])[];
  readonly slots: Slots;
  /** The share of viewers whose sessions were read: 1 is all, and exact. */
  readonly sampled: number;
}

interface SampledRetention extends RetentionAnswer {
  /** The views that were read. */
  readonly counted: number;
  readonly sampled: number;
}

/** What is to be read. */
interface Measured {
  readonly extents: readonly Extent[];
  /** The identity of the generation that was read. */
  readonly identity: string | undefined;
}

/** A question about one generation: no other one, perhaps of another past, has its answer. */
type Of<Question> = Pick<Measured, 'identity'> & { readonly question: Question };

/** The parts that a kept curve counts as: its two hundred numbers take as much memory. */
const CURVE_PARTS = 10;
/** The sessions that a unit of cost pays for, of which a few columns are read. */
export const ROWS_PER_UNIT = 1_000;
/** And the sessions that are read whole. */
const WHOLE_ROWS_PER_UNIT = 45;

/** Reads figures session by session: all sessions if they are few enough, else a sample. */
@Injectable()
export class SliceReading {
  private readonly kept = new KeptAnswers<Of<readonly Slice[]>, readonly SliceAnswer[]>((answers) =>
    answers.reduce((sum, { groups }) => sum + groups.length, 1),
  );
  private readonly keptCurves = new KeptAnswers<Of<RetentionQuestion>, RetentionAnswer>(
    () => CURVE_PARTS,
  );
  private readonly queue: SliceQueue;

  constructor(
    private readonly readModels: ReadModels,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {
    this.queue = new SliceQueue(settings.requestMs);
  }

  /** Charges for the sessions to read, unless the answer is kept, and reads them. */
  async read(asked: SlicedQuestions, { readAfter, charge }: AskingTerms): Promise<SlicedAnswers> {
    const mediaIds = titlesOf(asked.filters);
    const { extents, identity } = await this.measure(asked.questions, mediaIds, readAfter);
    const slots = asked.slots ?? slotsFor(extents, this.settings.scanRowsMax);
    const sampled = (slots.before - slots.from) / SAMPLE_SLOTS;
    const rows = extents.reduce((sum, extent) => sum + extent.rows, 0);
    const slices = asked.questions.map(({ stretches, ...question }) => ({
      ...question,
      stretches: stretches.filter(({ from, to }) => from < to),
      filters: asked.filters,
      slots,
      ...(mediaIds !== undefined && { mediaIds }),
    }));
    const atLeast = readAfter ?? LOG_START;
    const answers = await this.kept.answer({ identity, question: slices }, atLeast, () => {
      charge((rows * sampled) / ROWS_PER_UNIT);
      return this.queue.run((signal) => this.readModels.slices(atLeast, slices, signal));
    });
    return {
      answers: answers.map((answer, i) => {
        const groups = numbered(answer.groups, asked.questions[i]?.stretches ?? []);
        if (sampled === 1) return groups;
        const factor = factorOf(extents[i], answer, sampled);
        return groups.map((group) => ({ ...group, totals: scaled(group.totals, factor, sampled) }));
      }),
      slots,
      sampled,
    };
  }

  /**
   * Reads the parts of a title that its views showed. If a sample was read, `views` is an estimate
   * for all.
   */
  async readRetention(
    asked: Omit<RetentionQuestion, 'slots'>,
    { readAfter, charge }: AskingTerms,
  ): Promise<SampledRetention> {
    const { extents, identity } = await this.measure(
      [{ stretches: [asked.stretch], parts: COUNTS_ALONE }],
      [asked.mediaId],
      readAfter,
    );
    const slots = slotsFor(extents, this.settings.scanRowsMax);
    const sampled = (slots.before - slots.from) / SAMPLE_SLOTS;
    const [extent] = extents;
    const question = { ...asked, slots };
    const atLeast = readAfter ?? LOG_START;
    const answer = await this.keptCurves.answer({ identity, question }, atLeast, () => {
      charge(((extent?.rows ?? 0) * sampled) / ROWS_PER_UNIT);
      return this.queue.run((signal) => this.readModels.retention(atLeast, question, signal));
    });
    const factor = sampled === 1 ? 1 : factorOf(extent, answer, sampled);
    return { ...answer, counted: answer.views, views: Math.round(answer.views * factor), sampled };
  }

  private measure(
    questions: readonly SlicedQuestion[],
    mediaIds: readonly string[] | undefined,
    readAfter: number | undefined,
  ): Promise<Measured> {
    return this.readModels.read(['sessions'], readAfter, async ({ sessions }) => {
      await this.readModels.noteParked('sessions', sessions, isSessionOf(mediaIds));
      const found: Extent[] = [];
      for (const question of questions) {
        found.push(await extentOf(sessions, question, mediaIds ?? [ALL_TITLES]));
      }
      return { extents: found, identity: sessions.identity };
    });
  }

  /**
   * Lists sessions. In the order of starts it charges for a part, reads it on a state of its own,
   * and goes on until the page is full; all parts together have the time of one question. Any other
   * order throws QUERY_TOO_COMPLEX if it would read too many sessions.
   */
  async list(question: SessionListQuestion, terms: AskingTerms): Promise<readonly ListedSession[]> {
    const askedAt = performance.now();
    const listed: ListedSession[] = [];
    for (const started of partsToList(question)) {
      const limit = question.limit - listed.length;
      listed.push(...(await this.listPart({ ...question, started, limit }, terms, askedAt)));
      if (listed.length >= question.limit) break;
    }
    return listed;
  }

  private async listPart(
    question: SessionListQuestion,
    { readAfter, charge }: AskingTerms,
    askedAt: number,
  ): Promise<readonly ListedSession[]> {
    const { started, mediaIds, orderBy, viewerId } = question;
    const rows = await this.readModels.read(['sessions'], readAfter, async ({ sessions }) => {
      await this.readModels.noteParked('sessions', sessions, isSessionOf(mediaIds));
      const all = { stretches: [started], parts: COUNTS_ALONE };
      return (await extentOf(sessions, all, mediaIds ?? [ALL_TITLES])).sessions;
    });
    if (rows === 0) return [];
    const { scanRowsMax } = this.settings;
    if (!isByStart(orderBy) && rows > scanRowsMax) throw tooManyRows(rows, scanRowsMax);
    charge(rows / WHOLE_ROWS_PER_UNIT / (viewerId === undefined ? 1 : SAMPLE_SLOTS));
    const atLeast = readAfter ?? LOG_START;
    const read = (signal: AbortSignal): Promise<readonly ListedSession[]> =>
      this.readModels.sessions(atLeast, question, signal);
    return this.queue.run(read, askedAt);
  }
}

const tooManyRows = (rows: number, max: number): PlayheadError =>
  new PlayheadError(
    'QUERY_TOO_COMPLEX',
    `the order would read ${String(rows)} sessions, and ${String(max)} at most may be read: ` +
      'choose a shorter range, or the order STARTED',
  );

/** Estimates the totals of all sessions from those of a sample. */
function scaled(totals: FigureTotals, factor: number, sampled: number): FigureTotals {
  const { counts, viewers, startups, peak } = totals;
  return {
    counts: counts.map((count) => Math.round(count * factor)),
    ...(viewers && { viewers: { count: Math.round(viewers.count / sampled), isExact: false } }),
    ...(startups && {
      startups: Object.fromEntries(
        Object.entries(startups).map(([bucket, count]) => [bucket, count * factor]),
      ),
    }),
    ...(peak && { peak: { ...peak, sessions: Math.round(peak.sessions / sampled) } }),
  };
}

/** Numbers the stretches as they were asked for, the empty ones among them. */
function numbered(
  groups: readonly SliceGroup[],
  stretches: readonly Stretch[],
): readonly SliceGroup[] {
  const numbers = [...stretches.keys()].filter((i) => {
    const { from = 0, to = 0 } = stretches[i] ?? {};
    return from < to;
  });
  return groups.map((group) => ({ ...group, stretch: numbers[group.stretch] ?? -1 }));
}
