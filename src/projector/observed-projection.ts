import type { EventLog } from '../ports/event-store.js';
import { NOTHING_PARKED, summaryOf } from '../ports/parked-summary.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import type { Projection } from '../ports/projection.js';
import {
  NO_PROGRESS,
  specOf,
  type Generation,
  type GenerationProgress,
  type GenerationRecord,
  type GenerationSpec,
  type RebuildStatus,
} from '../ports/read-model/generation.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import type { StoredStatus } from './generations.js';
import { OwnedGeneration } from './owned-generation.js';

/**
 * A projection as one node sees it. The node folds its serving generation or watches another node
 * fold it.
 */
export class ObservedProjection {
  readonly spec: GenerationSpec;
  /** The serving generation if this node folds it. */
  private own: OwnedGeneration | undefined;
  /** The acquired generation that is about to become the own one. */
  private taking: OwnedGeneration | undefined;
  /** The projection's generations as they were at the last look at the store. */
  private stored = NOTHING_STORED;
  /** The progress of the serving generation while this node does not fold it. */
  private known = NO_PROGRESS;
  /** The number of the serving generation, and the position from which on it answers queries. */
  private serves = NOT_SERVED;
  /** A summary of the events that are parked for a generation of another node. */
  private parkedElsewhere = NOTHING_PARKED;

  constructor(
    readonly projection: Projection,
    private readonly writer: ReadModelWriter,
    private readonly log: EventLog,
    storeId: string,
  ) {
    this.spec = specOf(projection, storeId);
  }

  get owned(): OwnedGeneration | undefined {
    return this.own;
  }

  /** The generation whose claim this node has to keep. */
  get claimed(): OwnedGeneration | undefined {
    return this.own ?? this.taking;
  }

  get serving(): GenerationRecord | undefined {
    return this.stored.serving;
  }

  get rebuild(): RebuildStatus {
    return this.stored;
  }

  get scanned(): number {
    return this.latest.scanned;
  }

  /** Says whether queries can read a generation of the projection, whichever node folds it. */
  get isServing(): boolean {
    return this.stored.serving !== undefined && this.serves.from !== Infinity;
  }

  /** Says whether the node that folds the projection has yet to come to a position. */
  isAwaitedAt(position: number): boolean {
    return this.isServing && !this.latest.isStopped && this.scanned < position;
  }

  progress(): ProjectionProgress {
    const { projection, serves, stored, own } = this;
    const { building, outcome, hasPrevious } = stored;
    return {
      name: projection.name,
      version: projection.version,
      servesFrom: serves.from,
      ...this.latest,
      generation: own?.generation.number ?? stored.serving?.number,
      owner: stored.serving?.owner,
      rebuild: { building, outcome, hasPrevious },
      newerEvents: own?.newerEvents ?? 0,
      parked: own?.parkedSummary ?? this.parkedElsewhere,
    };
  }

  /**
   * Returns the position from which on a generation answers queries; undefined if this node has not
   * learnt it since it started.
   */
  servesFrom(number: number): number | undefined {
    return this.serves.number === number ? this.serves.from : undefined;
  }

  /** Notes what the store holds. If another generation serves there, this node has lost its own. */
  see(stored: StoredStatus): void {
    this.stored = stored;
    const generation = this.own?.generation;
    const isSame =
      stored.serving?.number === generation?.number &&
      stored.serving?.identity === generation?.identity;
    if (!isSame || stored.serving?.fault !== undefined) this.lose();
    if (stored.serving === undefined) this.serveNothing();
  }

  /** Notes that a rebuild has ended. */
  seeEnd(outcome: RebuildStatus['outcome']): void {
    this.stored = { ...this.stored, building: undefined, outcome };
  }

  /** Reads which events are parked, while another node folds the projection. */
  async seeParked(): Promise<void> {
    const { serving } = this.stored;
    if (this.own !== undefined) return;
    const isAny = serving !== undefined && serving.parkedEvents > 0;
    this.parkedElsewhere = isAny ? summaryOf(await this.writer.parked(serving)) : NOTHING_PARKED;
  }

  /**
   * Notes the progress that the generation's record states. Without an owner the generation is
   * behind.
   */
  watch(status: GenerationRecord, servesFrom: number, now: number): void {
    const { scanned, isStopped, parkedEvents, appliedAt, eventsSeen, isTaken } = status;
    const behindSince = status.behindSince ?? (isTaken ? undefined : this.since(now));
    this.serves = { number: status.number, from: servesFrom };
    this.known = { scanned, behindSince, isStopped, parkedEvents, appliedAt, eventsSeen };
  }

  /** Takes over an acquired generation: from here on only this node folds it. */
  async take(acquired: Generation, servesFrom: number, now: number): Promise<void> {
    const { serving } = this.stored;
    const progress = serving?.number === acquired.number ? serving : NO_PROGRESS;
    const behindSince = progress.behindSince ?? this.since(now);
    const told = { ...progress, behindSince };
    const taken = OwnedGeneration.claimed(this.projection, this.writer, acquired, told);
    this.taking = taken;
    try {
      await taken.resume(this.log, now);
    } finally {
      this.taking = undefined;
    }
    this.own = taken;
    this.serves = { number: acquired.number, from: servesFrom };
  }

  /**
   * Forgets the own generation after a failure, as its checkpoint and its owner must be read again.
   */
  letGo(): void {
    if (this.own?.isRunning === true) this.lose();
  }

  /** Notes that this node does not fold the generation any more. */
  lose(): void {
    if (this.own === undefined) return;
    this.known = { ...this.own.progress, isStopped: false };
    this.own = undefined;
  }

  /** Notes that the serving generation is unusable. */
  unserve(now: number): void {
    this.lose();
    this.stored = { ...this.stored, serving: undefined };
    this.serveNothing();
    this.outOfReach(now);
  }

  /** Removes the documents from before a time (epoch milliseconds), whichever node folds them. */
  async retire(before: number): Promise<void> {
    const { serving } = this.stored;
    if (serving !== undefined) await this.writer.retire(serving, before);
  }

  /** Notes that the log or the read model is out of reach. */
  outOfReach(now: number): void {
    this.known = { ...this.latest, behindSince: this.since(now) };
  }

  /** Notes that no generation serves and none can be built. */
  stop(now: number): void {
    this.known = { ...this.latest, behindSince: this.since(now), isStopped: true };
  }

  /**
   * Replaces the serving generation by a rebuilt one. If the old one answers queries only from a
   * position on, the new one does not answer them earlier.
   */
  become(built: OwnedGeneration): void {
    const from = this.isServing ? Math.max(built.scanned, this.serves.from) : built.scanned;
    this.own = built;
    this.serves = { number: built.generation.number, from };
  }

  /**
   * Notes that queries find nothing. How far the generation before had come counts no more: the log
   * may have been put back since, and never get so far again.
   */
  private serveNothing(): void {
    const { behindSince, isStopped } = this.known;
    this.serves = NOT_SERVED;
    this.known = { ...NO_PROGRESS, behindSince, isStopped };
  }

  private get latest(): GenerationProgress {
    return this.own?.progress ?? this.known;
  }

  private since(now: number): number {
    return this.latest.behindSince ?? now;
  }
}

const NOTHING_STORED: StoredStatus = {
  serving: undefined,
  building: undefined,
  outcome: undefined,
  hasPrevious: false,
};

const NOT_SERVED = { number: NaN, from: Infinity };
