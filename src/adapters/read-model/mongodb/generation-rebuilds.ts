import type { ClientSession, Db, Filter } from 'mongodb';
import {
  CheckpointMoved,
  KEEP_PREVIOUS_MS,
  type Generation,
  type GenerationSpec,
  type RebuildOutcome,
  type RebuildStatus,
} from '../../../ports/read-model-store.js';
import {
  generationsIn,
  idOf,
  modelOf,
  outcomesIn,
  toStatus,
  type FoundGeneration,
  type GenerationRecord,
  type OutcomeRecord,
} from './generation-records.js';
import { removeGeneration, REPLACED } from './generation-start.js';
import { isDuplicateKey } from './mongo-errors.js';
import { isFreeFor } from './mongo-owner.js';

interface At {
  readonly database: Db;
  readonly session: ClientSession;
}

/** How the rebuild of one model stands. */
export function rebuildOf(
  model: string,
  found: {
    readonly filling: readonly FoundGeneration[];
    readonly replaced: readonly FoundGeneration[];
    readonly outcomes: readonly OutcomeRecord[];
  },
): RebuildStatus {
  const record = found.filling.find((one) => one.model === model);
  const outcome = found.outcomes.find(({ _id }) => _id === model);
  return {
    filling: record && {
      ...toStatus(record),
      startedAt: record.startedAt?.getTime() ?? 0,
      isOffered: record.isOffered === true,
    },
    outcome: outcome && { kind: outcome.kind, at: outcome.at, detail: outcome.detail },
    hasPrevious: found.replaced.some((one) => one.model === model),
  };
}

/** Lets the generation that served last go on from where it was; false if that cannot be. */
export async function refillGeneration(
  spec: GenerationSpec,
  { database, session, now }: At & { readonly now: number },
): Promise<boolean> {
  try {
    const refilled = await generationsIn(database).findOneAndUpdate(
      { model: modelOf(spec), replacedAt: { $exists: true } },
      {
        $set: { fills: true, isOffered: false, startedAt: new Date(now) },
        $unset: { replacedAt: 1 },
      },
      { session, sort: { replacedAt: -1 } },
    );
    return refilled !== null;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

interface Replacing extends At {
  readonly owner: string;
  readonly expiresAt: object;
  readonly end: RebuildOutcome;
}

/** Points queries at a filling generation; in a transaction. CheckpointMoved. */
export async function replaceGeneration(
  serving: Generation | undefined,
  filling: Generation,
  { database, session, owner, expiresAt, end }: Replacing,
): Promise<void> {
  const generations = generationsIn(database);
  const asBelieved = ({ fence, checkpoint, ...place }: Generation) => ({
    _id: idOf(place),
    fence,
    checkpoint,
  });
  const model = modelOf(filling);
  // What cannot be used nobody folds.
  const old = serving === undefined ? { model, ...isFreeFor(owner) } : asBelieved(serving);
  const before = await generations.updateOne({ ...old, serves: true }, REPLACED, { session });
  if (serving !== undefined && before.matchedCount === 0) throw new CheckpointMoved(serving);
  const isLeft = serving === undefined && (await hasServing(model, { database, session }));
  if (isLeft) throw new CheckpointMoved(filling);
  const after = await generations.updateOne(
    { ...asBelieved(filling), fills: true, isOffered: true },
    [{ $set: { serves: true, expiresAt } }, { $unset: ['fills', 'isOffered', 'startedAt'] }],
    { session },
  );
  if (after.matchedCount === 0) throw new CheckpointMoved(filling);
  await outcomesIn(database).replaceOne({ _id: model }, end, { session, upsert: true });
}

const hasServing = async (model: string, { database, session }: At): Promise<boolean> =>
  (await generationsIn(database).findOne({ model, serves: true }, { session })) !== null;

/** Removes the filling generation of a model; false if there is none. */
export async function abandonFilling(
  model: string,
  { database, session, end }: At & { readonly end: RebuildOutcome },
): Promise<boolean> {
  const generations = generationsIn(database);
  const abandoned = await generations.findOneAndDelete({ model, fills: true }, { session });
  if (abandoned === null) return false;
  await outcomesIn(database).replaceOne({ _id: model }, end, { session, upsert: true });
  await removeGeneration(abandoned._id, { database, session });
  return true;
}

/**
 * Removes what was replaced before a time, and what older releases left that nobody has written
 * since.
 */
export async function removeOld(
  specs: readonly GenerationSpec[],
  { database, session, before }: At & { readonly before: Date },
): Promise<void> {
  // By the server's clock: another node may be at work on them. A filling waits for its turn.
  const lastUse = { $max: ['$expiresAt', '$startedAt'] };
  const isUnused = { $lt: [lastUse, { $subtract: ['$$NOW', KEEP_PREVIOUS_MS] }] };
  const olderVersions = specs.map(({ projection, version }) => ({
    projection,
    version: { $lt: version },
    $expr: isUnused,
  }));
  const models = { $in: specs.map(modelOf) };
  const isUnwanted: Filter<GenerationRecord> = {
    $or: [
      { model: models, replacedAt: { $lt: before } },
      { model: models, isGoing: true },
      ...olderVersions,
    ],
  };
  const options = { session, readConcern: { level: 'majority' }, projection: { _id: 1 } } as const;
  const records = await generationsIn(database).find(isUnwanted, options).toArray();
  for (const { _id } of records) {
    await removeGeneration(_id, { database, session }, isUnwanted);
  }
}
