import type { Binary, Filter } from 'mongodb';
import type {
  Generation,
  GenerationRecord,
  GenerationState,
} from '../../../ports/read-model/generation.js';
import { CLAIM_MS, type RecordChange } from '../../../ports/read-model/records.js';
import {
  idOf,
  modelOf,
  STATE,
  type KnownPlace,
  type StoredGeneration,
} from './stored-generation.js';

/** Makes the stages of the update that writes a change. */
export function written(
  { before, after, claim }: RecordChange & { readonly after: GenerationRecord },
  owner: Owner,
  place: KnownPlace | undefined,
): object[] {
  const { identity, fence, state } = after;
  const isEntered = before?.state !== state;
  const fields = {
    ...(before === undefined && newFields(after)),
    ...(identity !== undefined && { identity: literal(identity) }),
    ...(place !== undefined && { collections: literal(place) }),
    fence,
    ...claimFields(claim, owner),
    ...(isEntered && { ...STATE_FIELDS[state], since: '$$NOW' }),
  };
  const left = STATE_FIELD_NAMES.filter((name) => isEntered && !(name in STATE_FIELDS[state]));
  return [{ $set: fields }, ...(left.length > 0 ? [{ $unset: left }] : [])];
}

/** The writer that makes changes. */
export interface Owner {
  readonly id: string;
  /** The id of the session in which its transactions run. */
  readonly session: Binary;
}

/** The end of a claim made or renewed now, by the server's clock. */
export const EXPIRY = { $add: ['$$NOW', CLAIM_MS] };

/** A claim has run out, or was given back. */
const IS_OVER = { $lte: ['$expiresAt', '$$NOW'] };

/** An owner may acquire a generation that is its own, or whose claim is over. */
export const isFreeFor = (owner: string): object => ({
  $or: [{ $eq: ['$owner', literal(owner)] }, IS_OVER],
});

/** Wraps a value, which an update's pipeline then takes as it is. */
export const literal = (value: unknown): object => ({ $literal: value });

/** Matches the same generation: nobody has acquired it since, and its place is no other one's. */
export const identified = (generation: Generation): Filter<StoredGeneration> => ({
  _id: idOf(generation),
  // MongoDB takes an absent field for null.
  identity: generation.identity ?? null,
});

/**
 * The filter for the record that a writer may change: the same generation, under its latest claim.
 */
export const held = (generation: Generation): Filter<StoredGeneration> => ({
  ...identified(generation),
  fence: generation.fence,
});

/** Matches that generation at the checkpoint that the writer believes in. */
export const heldAt = (generation: Generation): Filter<StoredGeneration> => ({
  ...held(generation),
  checkpoint: generation.checkpoint,
});

/**
 * Matches the record that a change expects; for a new record, that there is none. The index of
 * serving generations answers that: the write fails if the database was dropped with the index.
 */
export function expected(change: RecordChange, owner: Owner): Filter<StoredGeneration> {
  const { before, after, claim, statesCheckpoint } = change;
  if (before === undefined) {
    const _id = after === undefined ? '' : idOf(after);
    return { _id, serves: true, model: { $exists: false } };
  }
  const isInState = { $eq: [STATE, before.state] };
  return {
    ...held(before),
    ...(statesCheckpoint && { checkpoint: before.checkpoint }),
    $expr: claim === 'acquire' ? { $and: [isInState, isFreeFor(owner.id)] } : isInState,
  };
}

function newFields(record: GenerationRecord): object {
  const { projection, version, number, storeId, settings, checkpoint, totals } = record;
  const { scanned, behindSince, isStopped, parkedEvents, appliedAt, eventsSeen } = record;
  const progress = { scanned, behindSince, isStopped, parkedEvents, appliedAt, eventsSeen };
  return {
    ...{ model: modelOf(record), projection, version, number, checkpoint },
    servesFrom: record.servesFrom ?? checkpoint,
    storeId: literal(storeId),
    settings: literal(settings),
    totals: literal(totals),
    progress: literal(progress),
    ...{ owner: null, session: null, expiresAt: '$$NOW' },
  };
}

function claimFields(claim: RecordChange['claim'], { id, session }: Owner): object {
  switch (claim) {
    case 'acquire':
    case 'renew':
      return { owner: literal(id), session, expiresAt: EXPIRY };
    case 'release':
      return { session: null, expiresAt: '$$NOW' };
    case 'keep':
      return {};
  }
}

/** The fields that tell a record's state, as 0.1.0 writes and reads them. */
const STATE_FIELDS: Readonly<Record<GenerationState, object>> = {
  building: { fills: true, isOffered: false, startedAt: '$$NOW' },
  ready: { fills: true, isOffered: true, startedAt: '$startedAt' },
  serving: { serves: true },
  retired: { replacedAt: '$$NOW' },
  removed: { isGoing: true },
};
const STATE_FIELD_NAMES = ['serves', 'fills', 'isOffered', 'startedAt', 'replacedAt', 'isGoing'];
