import { PlayheadError } from '../../src/domain/errors.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import type { GenerationWrite } from '../../src/ports/read-model/documents.js';
import type { Generation, GenerationProgress } from '../../src/ports/read-model/generation.js';
import type {
  EndedRebuild,
  GenerationRecords,
  RecordChange,
} from '../../src/ports/read-model/records.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { WriterView } from './writer-view.js';
import type { Mutation } from './life-model.js';
import { VIOLATIONS } from './life-watch.js';

/** A change of what the model runs, and what that violates. */
export interface Mutant extends Mutation {
  readonly violates: RegExp;
  /** It shows only where the store is put back. */
  readonly needsPutBack?: boolean;
}

type Step = 'load' | 'commit' | 'keep' | 'renew';

/** Does some steps by what the store says of a generation, in place of what its owner believes. */
class Credulous extends WriterView {
  constructor(
    writer: ReadModelWriter,
    private readonly steps: readonly Step[],
    private readonly forgotten: readonly (keyof Generation)[],
  ) {
    super(writer);
  }

  override async load(generation: Generation, keys: readonly string[]) {
    return super.load(await this.believed('load', generation), keys);
  }

  override async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const committed = await super.commit(await this.believed('commit', generation), write);
    const { fence, identity } = generation;
    return { ...committed, fence, identity };
  }

  override async keep(generation: Generation, orAt?: number): Promise<void> {
    return super.keep(await this.believed('keep', generation), orAt);
  }

  override async renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    return super.renew(await this.believed('renew', generation), progress);
  }

  private async believed(step: Step, generation: Generation): Promise<Generation> {
    if (!this.steps.includes(step)) return generation;
    const { generations } = await this.records([generation.projection]);
    const found = generations.find(({ number }) => number === generation.number);
    if (found === undefined) return generation;
    const told = this.forgotten.map((name) => [name, found[name]] as const);
    return { ...generation, ...Object.fromEntries(told) };
  }
}

/** Writes something else than what was decided. */
class Careless extends WriterView {
  constructor(
    writer: ReadModelWriter,
    private readonly remake: (change: RecordChange) => RecordChange,
  ) {
    super(writer);
  }

  override write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    return super.write(
      changes.map((one) => this.remake(one)),
      ended,
    );
  }
}

/** Is cut off between two changes. */
class Piecemeal extends WriterView {
  override async write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    const isWritten = await super.write(changes.slice(0, 1), ended);
    if (changes.length > 1) throw new PlayheadError('STORE_UNAVAILABLE', 'cut off');
    return isWritten;
  }
}

/** Takes what it did not write itself for taken, even when that has run out. */
class Jealous extends WriterView {
  private readonly own = new Set<string | undefined>();

  override async records(projections: readonly ProjectionName[]): Promise<GenerationRecords> {
    const { generations, ended } = await super.records(projections);
    const seen = generations.map((one) => ({ ...one, isTaken: !this.own.has(one.identity) }));
    return { generations: seen, ended };
  }

  override write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    for (const { after } of changes) this.own.add(after?.identity);
    return super.write(changes, ended);
  }
}

/** Expects of a record what it is now, in place of what it was when it was read. */
class Hurried extends WriterView {
  override async write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    const anew: RecordChange[] = [];
    for (const change of changes) {
      const { before } = change;
      const { generations } = await this.records(before === undefined ? [] : [before.projection]);
      const found = generations.find(({ number }) => number === before?.number);
      anew.push({ ...change, before: found ?? before });
    }
    return super.write(anew, ended);
  }
}

const forgets = (violates: RegExp, steps: readonly Step[], ...names: (keyof Generation)[]) => ({
  violates,
  writer: (writer: ReadModelWriter) => new Credulous(writer, steps, names),
});
const ALL = ['load', 'commit', 'keep', 'renew'] as const;

/** Remakes what has a claim changed in one way. */
const remakes = (
  violates: RegExp,
  claim: RecordChange['claim'],
  remake: (change: RecordChange) => Partial<RecordChange>,
): Mutant => ({
  violates,
  writer: (writer) =>
    new Careless(writer, (one) => (one.claim === claim ? { ...one, ...remake(one) } : one)),
});

/** The fence of a record as another one. */
const fenced = ({ after }: RecordChange, fence: number | undefined): Partial<RecordChange> =>
  after === undefined || fence === undefined ? {} : { after: { ...after, fence } };

/** Faults that a store, or who uses it, might have. */
export const MUTANTS = {
  'a store forgets whose claim it is': forgets(VIOLATIONS.claims, ALL, 'fence', 'identity'),
  'a store forgets the identity': {
    ...forgets(VIOLATIONS.claims, ALL, 'identity'),
    needsPutBack: true,
  },
  'a store loads for who has lost its claim': forgets(
    ...([VIOLATIONS.claims, ['load'], 'fence', 'identity', 'checkpoint'] as const),
  ),
  'a store keeps the claim of who has lost it': forgets(
    ...([VIOLATIONS.claims, ['keep'], 'fence', 'identity', 'checkpoint'] as const),
  ),
  'a store renews the claim of who has lost it': forgets(
    ...([VIOLATIONS.claims, ['renew'], 'fence', 'identity', 'checkpoint'] as const),
  ),
  'a store forgets the checkpoint': forgets(VIOLATIONS.counts, ALL, 'checkpoint'),
  'a store writes what was decided of other records': {
    violates: VIOLATIONS.states,
    writer: (writer) => new Hurried(writer),
  },
  'a store that is cut off writes half': {
    violates: VIOLATIONS.none,
    writer: (writer) => new Piecemeal(writer),
  },
  'a store lets nobody take what has run out': {
    violates: VIOLATIONS.heirs,
    writer: (writer) => new Jealous(writer),
  },
  'a release gives fences away again': remakes(VIOLATIONS.fences, 'release', (change) =>
    fenced(change, 1),
  ),
  'a release forgets the fence': remakes(VIOLATIONS.claims, 'release', (change) =>
    fenced(change, change.before?.fence),
  ),
  "a claim is taken that is another one's": remakes(VIOLATIONS.time, 'acquire', () => ({
    claim: 'renew',
  })),
  'what is behind is let serve': { violates: VIOLATIONS.readers, isHasty: true },
} as const satisfies Readonly<Record<string, Mutant>>;
