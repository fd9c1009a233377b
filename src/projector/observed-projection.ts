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

const NOTHING_STORED: StoredStatus = {
  serving: undefined,
  building: undefined,
  outcome: undefined,
  hasPrevious: false,
};

const NOT_SERVED = { number: NaN, from: Infinity };

/** What this node knows of a projection, whoever folds it. */
export class ObservedProjection {
  readonly spec: GenerationSpec;
  /** The serving generation, where this node folds it. */
  private own: OwnedGeneration | undefined;
  /** The last that was read of the projection in the store. */
  private stored = NOTHING_STORED;
  /** How far the serving generation is, while another node folds it, or nobody does. */
  private known = NO_PROGRESS;
  /** Which generation is served, once it has got so far; nothing before there is one. */
  private serves = NOT_SERVED;
  /** What is parked of a generation that another node folds. */
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

  get serving(): GenerationRecord | undefined {
    return this.stored.serving;
  }

  get rebuild(): RebuildStatus {
    return this.stored;
  }

  get scanned(): number {
    return this.latest.scanned;
  }

  /** Whether queries read any generation of it, whoever folds that. */
  get isServing(): boolean {
    return this.stored.serving !== undefined && this.serves.from !== Infinity;
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

  /** From where a generation is served, as far as this node has known it since it started. */
  servesFrom(number: number): number | undefined {
    return this.serves.number === number ? this.serves.from : undefined;
  }

  /** Notes what the store says. Where that is another generation than its own, it has lost that. */
  see(stored: StoredStatus): void {
    this.stored = stored;
    // Somebody dropped it: queries find nothing.
    if (stored.serving === undefined) this.serves = NOT_SERVED;
    const generation = this.own?.generation;
    const isSame =
      stored.serving?.number === generation?.number &&
      stored.serving?.identity === generation?.identity;
    if (!isSame || stored.serving?.fault !== undefined) this.lose();
  }

  /** Notes that nothing is built any more. */
  seeEnd(outcome: RebuildStatus['outcome']): void {
    this.stored = { ...this.stored, building: undefined, outcome };
  }

  /** Notes what is parked, while another node folds it. */
  async seeParked(): Promise<void> {
    const { serving } = this.stored;
    if (this.own !== undefined) return;
    const isAny = serving !== undefined && serving.parkedEvents > 0;
    this.parkedElsewhere = isAny ? summaryOf(await this.writer.parked(serving)) : NOTHING_PARKED;
  }

  /** Goes by what its owner, if it has one, says of it. */
  watch(status: GenerationRecord, servesFrom: number, now: number): void {
    const { scanned, isStopped, parkedEvents, appliedAt, eventsSeen, isTaken } = status;
    const behindSince = status.behindSince ?? (isTaken ? undefined : this.since(now));
    this.serves = { number: status.number, from: servesFrom };
    this.known = { scanned, behindSince, isStopped, parkedEvents, appliedAt, eventsSeen };
  }

  /** Takes over: from here on this node folds the generation, and nobody else can. */
  async take(acquired: Generation, servesFrom: number, now: number): Promise<void> {
    const { serving } = this.stored;
    const progress = serving?.number === acquired.number ? serving : NO_PROGRESS;
    const behindSince = progress.behindSince ?? this.since(now);
    const from = { log: this.log, progress: { ...progress, behindSince }, now };
    this.own = await OwnedGeneration.take(this.projection, this.writer, acquired, from);
    this.serves = { number: acquired.number, from: servesFrom };
  }

  /** After a failure: what was committed, and who owns it, is to be asked again. */
  letGo(): void {
    if (this.own?.isRunning === true) this.lose();
  }

  /** It is not this node's any more. */
  lose(): void {
    if (this.own === undefined) return;
    this.known = { ...this.own.progress, isStopped: false };
    this.own = undefined;
  }

  /** Notes that what served is of no use. */
  unserve(now: number): void {
    this.lose();
    this.stored = { ...this.stored, serving: undefined };
    this.serves = NOT_SERVED;
    this.outOfReach(now);
  }

  /** Removes the documents of before a time, whoever folds them. */
  async retire(before: number): Promise<void> {
    const { serving } = this.stored;
    if (serving !== undefined) await this.writer.retire(serving, before);
  }

  /** Notes that the log or the read model could not be reached. */
  outOfReach(now: number): void {
    this.known = { ...this.latest, behindSince: this.since(now) };
  }

  /** Notes that there is nothing to serve, and nothing that could be. */
  stop(now: number): void {
    this.known = { ...this.latest, behindSince: this.since(now), isStopped: true };
  }

  /**
   * Goes on with the generation that was built and serves by now. What is not served before a place
   * in the log is not served earlier by that.
   */
  become(built: OwnedGeneration): void {
    const from = this.isServing ? Math.max(built.scanned, this.serves.from) : built.scanned;
    this.own = built;
    this.serves = { number: built.generation.number, from };
  }

  private get latest(): GenerationProgress {
    return this.own?.progress ?? this.known;
  }

  private since(now: number): number {
    return this.latest.behindSince ?? now;
  }
}
