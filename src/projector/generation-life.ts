import { LOG_START } from '../ports/event-store.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationPlace,
  type GenerationRecord,
  type GenerationSpec,
  type GenerationState,
} from '../ports/read-model/generation.js';
import type { RecordChange } from '../ports/read-model/records.js';

/** How long a generation is kept after another took its place. */
export const KEEP_RETIRED_MS = 60 * 60 * 1_000;
/** How long the place of one that was removed stays: queries may still be reading it. */
export const KEEP_REMOVED_MS = 60_000;

/** Why a command has no effect. */
export type Refusal =
  /** Another writer has a claim on it. */
  | 'TAKEN'
  /** It is not there, or it is another one, or may not be used any more. */
  | 'GONE'
  /** It is not as its owner believes. */
  | 'MOVED'
  /** One is building or ready already. */
  | 'UNDER_WAY'
  /** None is kept that served before. */
  | 'NONE_RETIRED'
  /** None is building or ready. */
  | 'NONE_BUILDING'
  /** Another one serves than the one that is to be replaced. */
  | 'ANOTHER_SERVES';

export type Decision =
  { readonly changes: readonly RecordChange[] } | { readonly refused: Refusal };

/** Draws an identity. */
type Draw = () => string;
type Records = readonly GenerationRecord[];
type Model = Pick<GenerationSpec, 'projection' | 'version'>;

/** Of a projection and version, the one in a state; of several, the latest to come into it. */
export function inState(
  records: Records,
  model: Model,
  ...states: readonly GenerationState[]
): GenerationRecord | undefined {
  return records
    .filter((one) => isOf(one, model) && states.includes(one.state))
    .sort((a, b) => a.since - b.since || a.number - b.number)
    .at(-1);
}

/** The one that is built beside what serves. */
export const buildingIn = (records: Records, model: Model): GenerationRecord | undefined =>
  inState(records, model, 'building', 'ready');

/** Whether a generation may be made beside what serves, or brought back. */
export function mayBegin(
  records: Records,
  model: Model,
  from: 'nothing' | 'previous',
): Refusal | undefined {
  if (buildingIn(records, model) !== undefined) return 'UNDER_WAY';
  const isPossible = from === 'nothing' || inState(records, model, 'retired') !== undefined;
  return isPossible ? undefined : 'NONE_RETIRED';
}

/** Makes a generation, in the place made for it, that builds beside what serves. */
export function begin(
  records: Records,
  spec: GenerationSpec,
  place: GenerationPlace,
  draw: Draw,
): Decision {
  const refused = mayBegin(records, spec, 'nothing');
  if (refused !== undefined) return { refused };
  const after = { ...emptyRecord(spec, place), identity: draw(), state: 'building' } as const;
  return one({ before: undefined, after, claim: 'release' });
}

/** Lets the generation that served before build on from where it was. */
export function bringBack(records: Records, model: Model): Decision {
  const refused = mayBegin(records, model, 'previous');
  if (refused !== undefined) return { refused };
  const before = inState(records, model, 'retired');
  return before === undefined
    ? { refused: 'NONE_RETIRED' }
    : one({ before, after: { ...before, state: 'building' }, claim: 'release' });
}

/** What is to serve from the beginning of the log. */
export interface FirstServing {
  readonly spec: GenerationSpec;
  /** The place made for it. */
  readonly place: GenerationPlace;
  /** The generation that is of no use; undefined if there is none. */
  readonly replacing: number | undefined;
  /** The end of the log: once it has scanned so far it may be read. */
  readonly servesFrom: number;
}

/** Makes an empty generation that serves at once, its maker's. */
export function start(records: Records, first: FirstServing, draw: Draw): Decision {
  const { spec, place, replacing, servesFrom } = first;
  const serving = inState(records, spec, 'serving');
  if (serving?.number !== replacing) return { refused: 'ANOTHER_SERVES' };
  if (serving?.isTaken === true) return { refused: 'TAKEN' };
  const after = { ...emptyRecord(spec, place), identity: draw(), servesFrom, fence: 1 };
  return {
    changes: [
      ...(serving === undefined ? [] : [removal(serving)]),
      change({ before: undefined, after, claim: 'acquire' }),
    ],
  };
}

/**
 * Takes generations over, all or none; one's own are taken anew. Each claim has an identity of its
 * own: where a database was put back, fences come again.
 */
export function acquire(records: Records, wanted: readonly Generation[], draw: Draw): Decision {
  const changes: RecordChange[] = [];
  for (const generation of wanted) {
    const before = find(records, generation);
    if (before === undefined || !isUsable(before)) return { refused: 'GONE' };
    if (before.isTaken) return { refused: 'TAKEN' };
    const after = { ...before, identity: draw(), fence: before.fence + 1 };
    changes.push(change({ before, after, claim: 'acquire' }));
  }
  return { changes };
}

/** Gives claims back, of those that the owner still has. */
export function release(records: Records, held: readonly Generation[]): Decision {
  const own = held.flatMap((generation) => findHeld(records, generation) ?? []);
  return {
    changes: own.map((before) => {
      return change({ before, after: { ...before, fence: before.fence + 1 }, claim: 'release' });
    }),
  };
}

/** Says that a generation has come to the end of the log, and gives the claim on it back. */
export function offer(records: Records, building: Generation): Decision {
  const before = findHeld(records, building);
  if (before?.state !== 'building') return { refused: 'MOVED' };
  const after = { ...before, state: 'ready', fence: before.fence + 1 } as const;
  return one({ before, after, claim: 'release' });
}

/**
 * Lets a generation that is ready serve in place of the one before it. The owner of both says where
 * they are; what is of no use nobody owns.
 */
export function promote(
  records: Records,
  serving: Generation | undefined,
  ready: Generation,
): Decision {
  const after = findHeld(records, ready);
  if (after?.state !== 'ready' || after.checkpoint !== ready.checkpoint) {
    return { refused: 'MOVED' };
  }
  const before = inState(records, ready, 'serving');
  const isAsBelieved =
    serving === undefined
      ? before?.isTaken !== true
      : before === findHeld(records, serving) && before?.checkpoint === serving.checkpoint;
  if (!isAsBelieved) return { refused: 'ANOTHER_SERVES' };
  return {
    changes: [
      ...(before === undefined ? [] : [outOfUse(before, 'retired', serving !== undefined)]),
      change({
        before: after,
        after: { ...after, state: 'serving' },
        claim: 'renew',
        statesCheckpoint: true,
      }),
    ],
  };
}

/** Takes what serves out of use, as it is of none; unless another writer is at work on it. */
export function discard(records: Records, serving: Generation): Decision {
  const before = find(records, serving);
  if (before?.state !== 'serving') return { refused: 'GONE' };
  return before.isTaken ? { refused: 'TAKEN' } : { changes: [removal(before)] };
}

/** Gives up what builds, whoever builds it. */
export function abandon(records: Records, model: Model): Decision {
  const before = buildingIn(records, model);
  return before === undefined ? { refused: 'NONE_BUILDING' } : { changes: [removal(before)] };
}

/**
 * What nobody needs any more: what served long ago, and what older versions left that nobody has
 * written since. `gone` are those whose places may go: no query can be reading them.
 */
export function sweep(
  records: Records,
  models: readonly Model[],
): { readonly changes: readonly RecordChange[]; readonly gone: Records } {
  const isOld = (record: GenerationRecord): boolean => {
    const isCurrent = models.some((model) => isOf(record, model));
    if (isCurrent) return record.state === 'retired' && record.ageMs >= KEEP_RETIRED_MS;
    const isOlder = models.some(
      ({ projection, version }) => projection === record.projection && version > record.version,
    );
    return isOlder && !record.isTaken && record.unusedMs >= KEEP_RETIRED_MS;
  };
  const used = records.filter(({ state }) => state !== 'removed');
  const removed = records.filter(({ state }) => state === 'removed');
  return {
    changes: used.filter(isOld).map(removal),
    gone: removed.filter(({ ageMs }) => ageMs >= KEEP_REMOVED_MS),
  };
}

/** The record of one whose place is gone, gone too. */
export const forget = (before: GenerationRecord): Decision =>
  one({ before, after: undefined, claim: 'keep' });

function emptyRecord(
  { projection, version, storeId }: GenerationSpec,
  { number }: GenerationPlace,
): GenerationRecord {
  return {
    ...NO_PROGRESS,
    ...{ projection, version, number, storeId, identity: undefined },
    ...{ checkpoint: LOG_START, checkpointId: undefined, totals: {}, fence: 1 },
    ...{ state: 'serving', since: 0, ageMs: 0, unusedMs: 0, servesFrom: LOG_START },
    ...{ isTaken: false, owner: undefined, isRetryWanted: false, retriesWanted: 0 },
    fault: undefined,
  };
}

/** Out of use: who still believes to own it may write it no more. */
const outOfUse = (
  before: GenerationRecord,
  state: 'retired' | 'removed',
  statesCheckpoint: boolean,
): RecordChange => ({
  before,
  after: { ...before, state, fence: before.fence + 1 },
  claim: 'release',
  statesCheckpoint,
});

const removal = (before: GenerationRecord): RecordChange => outOfUse(before, 'removed', false);

type Stated = Omit<RecordChange, 'statesCheckpoint'> & { readonly statesCheckpoint?: boolean };

const change = (stated: Stated): RecordChange => ({ statesCheckpoint: false, ...stated });
const one = (stated: Stated): Decision => ({ changes: [change(stated)] });

/** Whether both are of the same projection and version. */
export const isOf = (a: Model, b: Model): boolean =>
  a.projection === b.projection && a.version === b.version;

const isUsable = ({ state }: GenerationRecord): boolean =>
  state === 'building' || state === 'ready' || state === 'serving';

/** A generation, if it is the same one still. */
const find = (records: Records, generation: Generation): GenerationRecord | undefined =>
  records.find(
    (record) =>
      isOf(record, generation) &&
      record.number === generation.number &&
      record.identity === generation.identity,
  );

/** A generation, if it is the same one still and nobody has claimed it since. */
export function findHeld(records: Records, generation: Generation): GenerationRecord | undefined {
  const found = find(records, generation);
  return found?.fence === generation.fence ? found : undefined;
}
