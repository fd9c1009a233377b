import { LOG_START } from '../ports/event-store.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationPlace,
  type GenerationRecord,
  type GenerationSpec,
  type GenerationState,
  type ProjectionVersion,
} from '../ports/read-model/generation.js';
import type { RecordChange } from '../ports/read-model/records.js';

/**
 * A decision about generations: the changes of their records, or why there are none. The functions
 * here say what may become of a generation, and when; they touch no store.
 */
export type Decision =
  { readonly changes: readonly RecordChange[] } | { readonly refused: Refusal };

/** The time in milliseconds that a retired generation is kept. */
export const KEEP_RETIRED_MS = 60 * 60 * 1_000;
/** The time in milliseconds that a removed generation's place stays for running queries. */
export const KEEP_REMOVED_MS = 60_000;

/** The reason why a change of generations is refused. */
export type Refusal =
  /** Another writer has a claim on the generation. */
  | 'TAKEN'
  /** The generation is gone, replaced by another or no longer usable. */
  | 'GONE'
  /** The generation is not as its owner believes. */
  | 'MOVED'
  /** A generation is building or ready already. */
  | 'UNDER_WAY'
  /** No retired generation is kept. */
  | 'NONE_RETIRED'
  /** No generation is building or ready. */
  | 'NONE_BUILDING'
  /** Another generation serves than the generation that is to be replaced. */
  | 'ANOTHER_SERVES';

/** Draws an identity. */
type Draw = () => string;
type Records = readonly GenerationRecord[];

/** Finds the model's generation in one of the states; of several, the latest to come into it. */
export function inState(
  records: Records,
  model: ProjectionVersion,
  ...states: readonly GenerationState[]
): GenerationRecord | undefined {
  return records
    .filter((record) => isOf(record, model) && states.includes(record.state))
    .sort((a, b) => a.since - b.since || a.number - b.number)
    .at(-1);
}

/** Finds the model's generation that is building or ready. */
export const buildingIn = (
  records: Records,
  model: ProjectionVersion,
): GenerationRecord | undefined => inState(records, model, 'building', 'ready');

/** Returns the reason why no rebuild may begin; undefined if one may. */
export function mayBegin(
  records: Records,
  model: ProjectionVersion,
  from: 'nothing' | 'previous',
): Refusal | undefined {
  if (buildingIn(records, model) !== undefined) return 'UNDER_WAY';
  const isPossible = from === 'nothing' || inState(records, model, 'retired') !== undefined;
  return isPossible ? undefined : 'NONE_RETIRED';
}

/** Makes a generation that builds beside the serving one, in the place made for it. */
export function begin(
  records: Records,
  spec: GenerationSpec,
  place: GenerationPlace,
  draw: Draw,
): Decision {
  const refused = mayBegin(records, spec, 'nothing');
  if (refused !== undefined) return { refused };
  const after = { ...emptyRecord(spec, place), identity: draw(), state: 'building' } as const;
  return oneChange({ before: undefined, after, claim: 'release' });
}

/** Makes the retired generation a building one, which goes on from where it was. */
export function bringBack(records: Records, model: ProjectionVersion): Decision {
  const refused = mayBegin(records, model, 'previous');
  if (refused !== undefined) return { refused };
  const before = inState(records, model, 'retired');
  return before === undefined
    ? { refused: 'NONE_RETIRED' }
    : oneChange({ before, after: { ...before, state: 'building' }, claim: 'release' });
}

/** A generation that is to serve from the beginning of the log. */
export interface FirstServing {
  readonly spec: GenerationSpec;
  /** The place made for the generation. */
  readonly place: GenerationPlace;
  /** The number of the useless generation to replace; undefined if there is none. */
  readonly replacing: number | undefined;
  /** The end of the log: once the generation has scanned so far, queries may read it. */
  readonly servesFrom: number;
}

/** Makes an empty generation that serves at once and is claimed by its maker. */
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
 * Acquires generations, all or none; a node acquires its own anew. Each claim draws a new identity,
 * since fences repeat in a database that was put back.
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

/** Gives back the claims that the owner still has. */
export function release(records: Records, held: readonly Generation[]): Decision {
  const own = held.flatMap((generation) => findHeld(records, generation) ?? []);
  return {
    changes: own.map((before) => {
      return change({ before, after: { ...before, fence: before.fence + 1 }, claim: 'release' });
    }),
  };
}

/** Makes a generation ready, as it has come to the end of the log, and gives its claim back. */
export function offer(records: Records, building: Generation): Decision {
  const before = findHeld(records, building);
  if (before?.state !== 'building') return { refused: 'MOVED' };
  const after = { ...before, state: 'ready', fence: before.fence + 1 } as const;
  return oneChange({ before, after, claim: 'release' });
}

/**
 * Lets a ready generation serve in place of the serving generation. The owner of both says where
 * they are; a serving generation that is of no use has no owner.
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

/** Takes a useless serving generation out of use, unless another writer is at work on it. */
export function discard(records: Records, serving: Generation): Decision {
  const before = find(records, serving);
  if (before?.state !== 'serving') return { refused: 'GONE' };
  return before.isTaken ? { refused: 'TAKEN' } : { changes: [removal(before)] };
}

/** Gives up the generation that builds, whichever node builds it. */
export function abandon(records: Records, model: ProjectionVersion): Decision {
  const before = buildingIn(records, model);
  return before === undefined ? { refused: 'NONE_BUILDING' } : { changes: [removal(before)] };
}

/**
 * Finds generations to remove: retired long ago, or of older versions and long unused. `gone` are
 * those that were removed so long ago that no query can read them.
 */
export function sweep(
  records: Records,
  models: readonly ProjectionVersion[],
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

/** Removes the record of a generation whose place is gone. */
export const forget = (before: GenerationRecord): Decision =>
  oneChange({ before, after: undefined, claim: 'keep' });

function emptyRecord(
  { projection, version, storeId, settings }: GenerationSpec,
  { number }: GenerationPlace,
): GenerationRecord {
  return {
    ...NO_PROGRESS,
    ...{ projection, version, number, storeId, settings, identity: undefined },
    ...{ checkpoint: LOG_START, checkpointId: undefined, totals: {}, fence: 1 },
    ...{ state: 'serving', since: 0, ageMs: 0, unusedMs: 0, servesFrom: LOG_START },
    ...{ isTaken: false, owner: undefined, isRetryWanted: false, retriesWanted: 0 },
    fault: undefined,
  };
}

/** Takes a generation out of use: a writer that believes to own it may no longer write it. */
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
const oneChange = (stated: Stated): Decision => ({ changes: [change(stated)] });

/** Says whether both are of the same projection and version. */
export const isOf = (a: ProjectionVersion, b: ProjectionVersion): boolean =>
  a.projection === b.projection && a.version === b.version;

const isUsable = ({ state }: GenerationRecord): boolean =>
  state === 'building' || state === 'ready' || state === 'serving';

/** Finds a generation if it is still the same. */
const find = (records: Records, generation: Generation): GenerationRecord | undefined =>
  records.find(
    (record) =>
      isOf(record, generation) &&
      record.number === generation.number &&
      record.identity === generation.identity,
  );

/** Finds a generation if it is still the same and nobody has claimed it since. */
export function findHeld(records: Records, generation: Generation): GenerationRecord | undefined {
  const found = find(records, generation);
  return found?.fence === generation.fence ? found : undefined;
}
