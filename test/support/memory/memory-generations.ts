import type { Clock } from '../../../src/ports/clock.js';
import type { ParkedEvent } from '../../../src/ports/read-model/documents.js';
import type {
  Generation,
  GenerationPlace,
  GenerationRecord,
  GenerationState,
} from '../../../src/ports/read-model/generation.js';
import {
  CLAIM_MS,
  type EndedRebuild,
  type RecordChange,
} from '../../../src/ports/read-model/records.js';
import type { Row } from './memory-document-reader.js';

/** What is kept of a record; the rest is as of the moment at which it is read. */
type KeptRecord = Omit<GenerationRecord, 'ageMs' | 'unusedMs' | 'isTaken' | 'fault'>;

/** One generation at one moment; a change makes a new one, so that readers keep theirs. */
export interface KeptGeneration {
  readonly record: KeptRecord;
  /** Who may write, and until when, by the store's clock. */
  readonly claim: { readonly owner: symbol | undefined; readonly until: number };
  readonly documents: ReadonlyMap<string, Row>;
  readonly parked: readonly ParkedEvent[];
  /** Documents that retired before this time were removed. */
  readonly retiredBefore?: number;
}

/** All generations of a store, which its owners share. */
export class MemoryGenerations {
  /** In the order in which they were made. */
  all: readonly KeptGeneration[] = [];
  ended: readonly EndedRebuild[] = [];
  private lastNumber = 0;

  constructor(private readonly clock: Clock | undefined) {}

  now(): number {
    return this.clock?.now() ?? Date.now();
  }

  /** Keeps the state as it is; what it gives goes back to that. */
  save(): () => void {
    const { all, ended, lastNumber } = this;
    return () => {
      Object.assign(this, { all, ended, lastNumber });
    };
  }

  /** Above all that there are, and all that were made. */
  nextNumber(): number {
    const numbers = this.all.map(({ record }) => record.number);
    this.lastNumber = Math.max(this.lastNumber, ...numbers) + 1;
    return this.lastNumber;
  }

  find(place: GenerationPlace): KeptGeneration | undefined {
    return this.all.find(({ record }) => isSamePlace(record, place));
  }

  /** A generation, if it is the same and its claim still the owner's. */
  held(generation: Generation): KeptGeneration | undefined {
    const kept = this.find(generation);
    return kept !== undefined && isSameClaim(kept.record, generation) ? kept : undefined;
  }

  put(kept: KeptGeneration): void {
    const others = this.all.filter(({ record }) => !isSamePlace(record, kept.record));
    this.all = others.length === this.all.length ? [...this.all, kept] : this.replaced(kept);
  }

  /** Notes how a rebuild ended. */
  end(ended: EndedRebuild): void {
    const isOther = (one: EndedRebuild): boolean =>
      one.projection !== ended.projection || one.version !== ended.version;
    this.ended = [...this.ended.filter(isOther), ended];
  }

  forget(kept: KeptGeneration): void {
    this.all = this.all.filter((one) => one !== kept);
  }

  /** The record as an owner sees it now. */
  seenBy(owner: symbol, { record, claim }: KeptGeneration): GenerationRecord {
    const now = this.now();
    const isTaken = !isFreeFor(owner, claim, now);
    const unusedMs = now - Math.max(claim.until, record.since);
    return { ...record, ageMs: now - record.since, unusedMs, isTaken, fault: undefined };
  }

  /** Makes changes, all or none; whether it did. */
  change(owner: symbol, changes: readonly RecordChange[]): boolean {
    if (!changes.every((one) => this.isAsRead(owner, one))) return false;
    const before = this.all;
    for (const one of changes) this.make(owner, one);
    if (this.isSound()) return true;
    this.all = before;
    return false;
  }

  /** One of a projection and version serves at most, and one builds or is ready. */
  protected isSound(): boolean {
    const roles = this.all.flatMap(({ record: { projection, version, state } }) => {
      const role = ROLES[state];
      return role === undefined ? [] : [`${projection} ${String(version)} ${role}`];
    });
    return new Set(roles).size === roles.length;
  }

  private isAsRead(
    owner: symbol,
    { before, after, claim, statesCheckpoint }: RecordChange,
  ): boolean {
    if (before === undefined) return after !== undefined && this.find(after) === undefined;
    const kept = this.held(before);
    if (kept?.record.state !== before.state) return false;
    if (statesCheckpoint && kept.record.checkpoint !== before.checkpoint) return false;
    return claim !== 'acquire' || isFreeFor(owner, kept.claim, this.now());
  }

  private make(owner: symbol, { before, after, claim }: RecordChange): void {
    const kept = before && this.find(before);
    const now = this.now();
    if (after === undefined) {
      if (kept !== undefined) this.forget(kept);
      return;
    }
    const { identity, fence, state } = after;
    const since = kept?.record.state === state ? kept.record.since : now;
    const record = { ...after, ...kept?.record, identity, fence, state, since };
    const isMine = claim === 'acquire' || claim === 'renew';
    const free = { owner: undefined, until: now };
    const claims = {
      acquire: { owner, until: now + CLAIM_MS },
      renew: { owner, until: now + CLAIM_MS },
      release: free,
      keep: kept?.claim ?? free,
    };
    const named = isMine ? { ...record, owner: owner.description } : record;
    const contents = kept ?? { documents: new Map(), parked: [] };
    this.put({ ...contents, record: named, claim: claims[claim] });
  }

  private replaced(kept: KeptGeneration): readonly KeptGeneration[] {
    return this.all.map((one) => (isSamePlace(one.record, kept.record) ? kept : one));
  }
}

const ROLES: Readonly<Partial<Record<GenerationState, string>>> = {
  serving: 'serves',
  building: 'builds',
  ready: 'builds',
};

const isFreeFor = (owner: symbol, claim: KeptGeneration['claim'], now: number): boolean =>
  claim.owner === undefined || claim.owner === owner || claim.until <= now;

const isSamePlace = (a: GenerationPlace, b: GenerationPlace): boolean =>
  a.projection === b.projection && a.version === b.version && a.number === b.number;

const isSameClaim = (a: Generation, b: Generation): boolean =>
  a.identity === b.identity && a.fence === b.fence;

type EventPlace = Pick<ParkedEvent, 'position' | 'key'>;

export const isSameEvent = (a: EventPlace, b: EventPlace): boolean =>
  a.position === b.position && a.key === b.key;

export const inLogOrder = (a: ParkedEvent, b: ParkedEvent): number =>
  a.position - b.position || (a.key < b.key ? -1 : 1);
