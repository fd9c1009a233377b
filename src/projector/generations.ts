import type { Totals } from '../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationRecord,
  type GenerationSpec,
  type ProjectionVersion,
  type RebuildOutcome,
  type RebuildStatus,
} from '../ports/read-model/generation.js';
import type {
  EndedRebuild,
  GenerationRecords,
  GenerationStore,
} from '../ports/read-model/records.js';
import {
  abandon,
  acquire,
  begin,
  bringBack,
  buildingIn,
  discard,
  findHeld,
  forget,
  inState,
  isOf,
  mayBegin,
  offer,
  promote,
  release,
  start,
  sweep,
  type Decision,
  type FirstServing,
  type Refusal,
} from './generation-life.js';

/**
 * Changes the generations of a store: looks at its records, decides, and writes the decision if the
 * records are still the same; else decides anew.
 */
export class Generations {
  constructor(private readonly store: GenerationStore) {}

  async look(models: readonly ProjectionVersion[]): Promise<readonly StoredStatus[]> {
    const { generations, ended } = await this.read(models);
    return models.map((model) => ({
      serving: inState(generations, model, 'serving'),
      building: buildingIn(generations, model),
      outcome: ended.find((one) => isOf(one, model))?.outcome,
      hasPrevious: inState(generations, model, 'retired') !== undefined,
    }));
  }

  /**
   * Returns the totals of the serving generation of a projection's highest other version, folded
   * from the same log; undefined if there is none.
   */
  async otherVersion(spec: GenerationSpec): Promise<Totals | undefined> {
    const { generations } = await this.read([spec]);
    const [other] = generations
      .filter(({ state, projection }) => state === 'serving' && projection === spec.projection)
      .filter(({ version, storeId }) => version !== spec.version && storeId === spec.storeId)
      .sort((a, b) => b.version - a.version);
    return other?.totals;
  }

  /**
   * Makes a generation that builds beside the serving one, or brings the retired one back, which
   * goes on from where it was.
   */
  async begin(spec: GenerationSpec, from: 'nothing' | 'previous'): Promise<Refusal | undefined> {
    if (from === 'previous') {
      return refusalOf(await this.change([spec], (records) => bringBack(records, spec)));
    }
    const refused = mayBegin((await this.read([spec])).generations, spec, 'nothing');
    if (refused !== undefined) return refused;
    const place = await this.store.make(spec);
    const refusal = refusalOf(
      await this.change([spec], (records) => begin(records, spec, place, draw)),
    );
    if (refusal !== undefined) await this.store.drop(place);
    return refusal;
  }

  /**
   * Makes an empty generation that serves at once, claimed; undefined if by now another serves than
   * the generation to be replaced.
   */
  async start(
    spec: GenerationSpec,
    how: Pick<FirstServing, 'replacing' | 'servesFrom'>,
  ): Promise<Generation | undefined> {
    const serving = (await this.look([spec]))[0]?.serving;
    if (serving?.number !== how.replacing || serving?.isTaken === true) return undefined;
    const place = await this.store.make(spec);
    const decide: Decide = (records) => start(records, { spec, place, ...how }, draw);
    const decision = await this.change([spec], decide);
    if (refusalOf(decision) !== undefined) {
      await this.store.drop(place);
      return undefined;
    }
    return (await this.acquired(decision))?.[0];
  }

  /**
   * Acquires generations, all or none; undefined if that fails. A node acquires its own anew. The
   * checkpoints are those of that moment.
   */
  async acquire(wanted: readonly Generation[]): Promise<readonly Generation[] | undefined> {
    const decision = await this.change(wanted, (records) => acquire(records, wanted, draw));
    return this.acquired(decision);
  }

  /**
   * Gives claims back, so that another writer need not wait until they run out. The owner has to
   * acquire the generations again before it writes on.
   */
  async release(held: readonly Generation[]): Promise<void> {
    await this.change(held, (records) => release(records, held));
  }

  /** Makes a generation ready, as it has come to the end of the log, and gives its claim back. */
  async offer(building: Generation): Promise<void> {
    const decision = await this.change([building], (records) => offer(records, building));
    if (refusalOf(decision) !== undefined) throw new CheckpointMoved(building);
  }

  /**
   * Points queries at a ready generation, if it and the serving generation are where their owner
   * believes; else throws CheckpointMoved. The retired generation is kept for a while.
   */
  async promote(
    serving: Generation | undefined,
    ready: Generation,
    outcome: RebuildOutcome,
  ): Promise<void> {
    const decide: Decide = (records) => promote(records, serving, ready);
    const decision = await this.change([ready], decide, endedBy(ready, outcome));
    if (refusalOf(decision) !== undefined) throw new CheckpointMoved(ready);
  }

  /** Takes the serving generation out of use; false if a writer has it, or another serves. */
  async discard(serving: Generation): Promise<boolean> {
    const decision = await this.change([serving], (records) => discard(records, serving));
    return refusalOf(decision) === undefined;
  }

  /** Gives up the generation that builds, whichever node builds it; false if none does. */
  async abandon(model: ProjectionVersion, outcome: RebuildOutcome): Promise<boolean> {
    const decide: Decide = (records) => abandon(records, model);
    const decision = await this.change([model], decide, endedBy(model, outcome));
    return refusalOf(decision) === undefined;
  }

  /** Removes generations that nobody needs any more, and places that never became generations. */
  async sweep(models: readonly ProjectionVersion[]): Promise<void> {
    await this.change(models, (records) => ({ changes: sweep(records, models).changes }));
    const { generations } = await this.read(models);
    for (const record of sweep(generations, models).gone) {
      await this.store.drop(record);
      await this.write(forget(record));
    }
    await this.store.dropStrays(models.map(({ projection }) => projection));
  }

  private read(
    models: readonly Pick<ProjectionVersion, 'projection'>[],
  ): Promise<GenerationRecords> {
    return this.store.records([...new Set(models.map(({ projection }) => projection))]);
  }

  /** Decides on the present records, until it could write the decision. */
  private async change(
    models: readonly Pick<ProjectionVersion, 'projection'>[],
    decide: Decide,
    ended?: EndedRebuild,
  ): Promise<Decision> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const decision = decide((await this.read(models)).generations);
      if (await this.write(decision, ended)) return decision;
    }
    return { refused: 'MOVED' };
  }

  private async write(decision: Decision, ended?: EndedRebuild): Promise<boolean> {
    if ('refused' in decision || decision.changes.length === 0) return true;
    return this.store.write(decision.changes, ended);
  }

  /** Returns the acquired generations; undefined if another writer has acquired any since. */
  private async acquired(decision: Decision): Promise<readonly Generation[] | undefined> {
    if ('refused' in decision) return undefined;
    const wanted = decision.changes.flatMap(({ claim, after }) =>
      claim === 'acquire' && after !== undefined ? [after] : [],
    );
    const { generations } = await this.read(wanted);
    const found = wanted.flatMap((after) => findHeld(generations, after) ?? []);
    return found.length === wanted.length ? found.map(toGeneration) : undefined;
  }
}

/** The generations of a projection and version in a store, and the outcome of its last rebuild. */
export interface StoredStatus extends RebuildStatus {
  readonly serving: GenerationRecord | undefined;
}

/** The most tries of a change: others may change the records between the look and the write. */
const ATTEMPTS_MAX = 5;

type Decide = (records: readonly GenerationRecord[]) => Decision;

const draw = (): string => crypto.randomUUID();

const refusalOf = (decision: Decision): Refusal | undefined =>
  'refused' in decision ? decision.refused : undefined;

/** Makes the outcome of a rebuild that failed at a time, epoch milliseconds. */
export const failed = (reason: unknown, at: number): RebuildOutcome => ({
  kind: 'failed',
  at,
  detail: String(reason),
});

const endedBy = (
  { projection, version }: ProjectionVersion,
  outcome: RebuildOutcome,
): EndedRebuild => ({
  projection,
  version,
  outcome,
});

/** Returns the part of a record that the generation's owner has to know. */
function toGeneration(record: GenerationRecord): Generation {
  const { projection, version, number, identity, storeId, settings } = record;
  const { checkpoint, checkpointId, totals, fence } = record;
  return {
    projection,
    version,
    number,
    identity,
    storeId,
    settings,
    checkpoint,
    checkpointId,
    totals,
    fence,
  };
}
