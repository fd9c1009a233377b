import type { Generation, GenerationRecord } from '../../src/ports/read-model/generation.js';
import { CLAIM_MS, type RecordChange } from '../../src/ports/read-model/records.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { spec } from '../contracts/read-model-store.js';

/** What must hold, by what is said where it does not. */
export const VIOLATIONS = {
  /** Documents hold each event up to the checkpoint once. */
  counts: /counts twice or not at all/,
  /** Of the generations of a model one serves. */
  serving: /more than one serves/,
  /** Once one has served, one always does. */
  none: /none serves any more/,
  /** One is building or ready at most. */
  building: /more than one is built/,
  /** What is served never shows less than before. */
  readers: /readers went back/,
  /** A fence only rises. */
  fences: /a fence fell/,
  /** Only who has acquired a generation, and not given it back, reads it to write on, or does. */
  claims: /used by an owner that has lost it/,
  /** A claim that was made or renewed is its owner's for its time. */
  time: /taken before its time/,
  /** A state follows only those that lead to it: what is removed stays so. */
  states: /cannot follow/,
  /** When all owners are dead, another one may go on. */
  heirs: /nobody may take it over/,
} as const;

/** The key of the document that counts. */
export const KEY = 'count';

/** How many events a document has counted. */
export interface Count {
  readonly n: number;
}

/** A call of an owner, and the time at which it began. */
interface Call {
  readonly owner: number;
  readonly step: string;
  readonly from: number;
}

/** Who has acquired a generation, as which identity, and until when it is sure to be its own. */
interface Claim {
  readonly owner: number;
  readonly identity: string | undefined;
  readonly until: number;
}

type State = GenerationRecord['state'];

const MAY_FOLLOW: Readonly<Record<State, readonly State[]>> = {
  building: ['ready', 'removed'],
  ready: ['serving', 'removed'],
  serving: ['retired', 'removed'],
  retired: ['building', 'removed'],
  removed: [],
};

/** Looks at a store after every call; the message says what does not hold. */
export class Watch {
  private readonly fences = new Map<string, number>();
  private readonly states = new Map<number, State>();
  private claims = new Map<number, Claim>();
  private served: number | undefined;
  private passedMs = 0;

  constructor(private readonly writer: ReadModelWriter) {}

  /** The time of the store, or somewhat later: then a claim is only believed to be over sooner. */
  now(): number {
    return performance.now() + this.passedMs;
  }

  /** Notes that time passes. */
  pass(ms: number): void {
    this.passedMs += ms;
  }

  async look(): Promise<void> {
    const { generations } = await this.writer.records([spec.projection]);
    const count = (...states: readonly string[]): number =>
      generations.filter(({ state }) => states.includes(state)).length;
    if (count('serving') > 1) throw new Error('more than one serves');
    if (count('building', 'ready') > 1) throw new Error('more than one is built');
    for (const record of generations) await this.lookAt(record);
    const serving = generations.find(({ state }) => state === 'serving');
    if (this.served !== undefined) {
      if (serving === undefined) throw new Error('none serves any more');
      if (serving.checkpoint < this.served) throw new Error('readers went back');
    }
    this.served = serving?.checkpoint;
  }

  /** Notes who acquires what and gives it back, and that nobody else uses it. */
  note(call: Call, [first]: readonly unknown[], result: unknown): void {
    if (call.step === 'write' && result === true) {
      for (const change of first as readonly RecordChange[]) this.noteChange(call, change);
    }
    if (USES.includes(call.step)) this.noteUse(call, first as Generation);
  }

  /** Keeps what it knows of the state of a store; what it gives goes back to that. */
  save(): () => void {
    const claims = new Map(this.claims);
    return () => {
      this.claims = new Map(claims);
      this.served = undefined;
      this.fences.clear();
      this.states.clear();
    };
  }

  private noteChange({ owner, from }: Call, { after, claim }: RecordChange): void {
    if (after === undefined || claim === 'keep') return;
    const { number, identity, state } = after;
    const before = this.claims.get(number);
    const isOthers = before !== undefined && before.owner !== owner && this.now() < before.until;
    // What builds anybody may give up.
    if (isOthers && state !== 'removed') throw new Error('a claim was taken before its time');
    if (claim === 'release') this.claims.delete(number);
    else this.claims.set(number, { owner, identity, until: from + CLAIM_MS });
  }

  private noteUse({ owner, step, from }: Call, { number, identity }: Generation): void {
    const claim = this.claims.get(number);
    if (claim?.owner !== owner || claim.identity !== identity) {
      throw new Error('a generation is used by an owner that has lost it');
    }
    if (step !== 'load') this.claims.set(number, { ...claim, until: from + CLAIM_MS });
  }

  private async lookAt(record: GenerationRecord): Promise<void> {
    const { fence, checkpoint, state } = record;
    const name = `${String(record.number)} ${String(record.identity)}`;
    if (fence < (this.fences.get(name) ?? 0)) throw new Error('a fence fell');
    this.fences.set(name, fence);
    const before = this.states.get(record.number) ?? state;
    if (before !== state && !MAY_FOLLOW[before].includes(state)) {
      throw new Error(`${state} cannot follow ${before}`);
    }
    this.states.set(record.number, state);
    if (state === 'removed') return;
    const [found] = await this.writer.load(record, [KEY]);
    const n = (found?.body as Count | undefined)?.n ?? 0;
    if (n !== checkpoint) {
      throw new Error(`an event counts twice or not at all: ${String(n)} at ${String(checkpoint)}`);
    }
  }
}

/** What only the owner of a generation may do. */
const USES = ['load', 'commit', 'keep', 'renew'];
