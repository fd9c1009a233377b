import type { ProjectionProgress } from '../ports/projection-control.js';
import type { Projection } from '../ports/projection.js';
import { NOTHING_PARKED, summaryOf } from '../ports/parked-summary.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationProgress,
  type GenerationSpec,
  type GenerationStatus,
  type ReadModelWriter,
  type RebuildStatus,
} from '../ports/read-model-store.js';
import { isNewer, recordedAtOf, type Batch, type FeedEvent } from './feed.js';
import { add, fold, groupByKey } from './fold.js';
import { ParkedEvents } from './parked-events.js';

/** A claim is prolonged when it is so old: a third of what it lasts. */
const RENEW_MS = 2_000;

const NO_REBUILD: RebuildStatus = { filling: undefined, outcome: undefined, hasPrevious: false };

/** One projection: its generation, as its owner or as a bystander of another node's work. */
export class ProjectionRunner {
  readonly spec: GenerationSpec;
  private held: Generation | undefined;
  private parked = ParkedEvents.none();
  /** The last that was read of the generation in the store. */
  private seen: GenerationStatus | undefined;
  private lastRebuild = NO_REBUILD;
  private latest = NO_PROGRESS;
  /** Which generation is served, once it has got so far; nothing before there is one. */
  private serves = { number: NaN, from: Infinity };
  /** What the store was last told, and when; by this node's clock. */
  private told = NO_PROGRESS;
  private toldAt = -Infinity;
  private newerEvents = 0;
  /** What is parked of a generation that another node folds. */
  private parkedElsewhere = NOTHING_PARKED;

  constructor(
    readonly projection: Projection,
    private readonly writer: ReadModelWriter,
    storeId: string,
  ) {
    const { name, version, indexes } = projection;
    this.spec = { projection: name, version, storeId, indexes };
  }

  get scanned(): number {
    return this.latest.scanned;
  }

  /** Whether this node folds it. */
  get isHeld(): boolean {
    return this.held !== undefined;
  }

  /** Whether this node folds it and can go on. */
  get isRunning(): boolean {
    return this.isHeld && !this.latest.isStopped;
  }

  /** Whether queries read any generation of it, whoever folds that. */
  get isServing(): boolean {
    return this.seen !== undefined && this.serves.from !== Infinity;
  }

  /** Whether somebody wants its parked events to be tried again by this node. */
  get isRetryWanted(): boolean {
    return this.isHeld && this.seen?.isRetryWanted === true;
  }

  get rebuild(): RebuildStatus {
    return this.lastRebuild;
  }

  get generation(): Generation | undefined {
    return this.held;
  }

  progress(): ProjectionProgress {
    const { projection, latest, serves, seen, held } = this;
    return {
      name: projection.name,
      version: projection.version,
      servesFrom: serves.from,
      ...latest,
      generation: held?.number ?? seen?.number,
      owner: seen?.owner,
      rebuild: this.lastRebuild,
      newerEvents: this.newerEvents,
      parked: held === undefined ? this.parkedElsewhere : this.parked.summary,
    };
  }

  /** From where a generation is served, as far as this node has known it since it started. */
  servesFrom(number: number): number | undefined {
    return this.serves.number === number ? this.serves.from : undefined;
  }

  /** Takes over: from here on this node folds the generation, and nobody else can. */
  async take(generation: Generation, servesFrom: number, now: number): Promise<void> {
    const isSeen = this.seen?.number === generation.number;
    const { scanned, appliedAt, eventsSeen } = isSeen && this.seen ? this.seen : NO_PROGRESS;
    this.parked = await ParkedEvents.of(generation, this.writer);
    this.held = generation;
    this.serves = { number: generation.number, from: servesFrom };
    this.latest = {
      scanned: Math.max(generation.checkpoint, scanned),
      behindSince: this.since(now),
      isStopped: false,
      parkedEvents: this.parked.count,
      appliedAt,
      eventsSeen,
    };
    this.toldAt = -Infinity;
  }

  /** Notes what the store says of its generation. */
  see(status: GenerationStatus | undefined): void {
    this.seen = status;
  }

  /** Notes what of the generation is parked, while another node folds it. */
  async seeParked(): Promise<void> {
    if (this.isHeld) return;
    const { seen } = this;
    const isAny = seen !== undefined && seen.parkedEvents > 0;
    this.parkedElsewhere = isAny ? summaryOf(await this.writer.parked(seen)) : NOTHING_PARKED;
  }

  seeRebuild(rebuild = NO_REBUILD): void {
    this.lastRebuild = rebuild;
  }

  /** Notes what its owner, if it has one, says of it. */
  watch(status: GenerationStatus, servesFrom: number, now: number): void {
    const { scanned, isStopped, parkedEvents, appliedAt, eventsSeen, isTaken } = status;
    const behindSince = status.behindSince ?? (isTaken ? undefined : this.since(now));
    this.serves = { number: status.number, from: servesFrom };
    this.latest = { scanned, behindSince, isStopped, parkedEvents, appliedAt, eventsSeen };
  }

  /** After a failure: what was committed, and who holds it, is to be asked again. */
  letGo(): void {
    if (!this.latest.isStopped) this.held = undefined;
  }

  /** Another node has taken it over. */
  lose(): void {
    this.held = undefined;
    this.latest = { ...this.latest, isStopped: false };
  }

  /** Folds what it has not yet seen of a batch, documents and checkpoint in one transaction. */
  async apply(batch: Batch, now: number): Promise<void> {
    if (!this.isRunning || batch.scanned < this.scanned) return;
    const unseen = batch.events.filter(({ position }) => position > this.scanned);
    const [first, last] = [unseen[0], unseen.at(-1)];
    this.latest = { ...this.latest, behindSince: this.seenSince(first) };
    const behindSince = this.seenSince(last);
    const reached = {
      scanned: batch.scanned,
      behindSince: batch.isEnd ? undefined : behindSince,
      eventsSeen: this.latest.eventsSeen + unseen.length,
    };
    await this.commit(unseen, reached, now);
    this.latest = { ...this.latest, ...reached };
    this.newerEvents += unseen.filter(isNewer).length;
  }

  /** Where in the log the events are that wait, as the store has them now. */
  async parkedPositions(): Promise<readonly number[]> {
    if (this.held === undefined) return [];
    this.parked = await ParkedEvents.of(this.held, this.writer);
    return this.parked.positions;
  }

  /**
   * Tries parked events again, as they are in the log now; those of a document in their order. One
   * that has stopped for too many of them goes on.
   */
  async retry(events: readonly FeedEvent[], now: number): Promise<void> {
    const { held, projection, writer } = this;
    if (held === undefined) return;
    const waiting = this.parked.waitingFor(groupByKey(projection, events));
    const loaded = await writer.load(held, [...waiting.groups.keys()]);
    const { groups, isBlocked } = waiting;
    const folded = fold({ projection, groups, loaded, isBlocked });
    const refused = [...waiting.refused, ...folded.refused];
    const parked = this.parked.afterRetry(events, refused, now);
    await this.write({ held, folded, parked, checkpoint: held.checkpoint, endsRetry: true }, now);
    this.latest = { ...this.latest, isStopped: false };
  }

  /** Tells the store how far it is, where that is news or its claim grows old. */
  async renew(now: number): Promise<void> {
    if (this.held === undefined) return;
    const { scanned, behindSince, isStopped } = this.latest;
    const isNews =
      scanned !== this.told.scanned ||
      (behindSince === undefined) !== (this.told.behindSince === undefined) ||
      isStopped !== this.told.isStopped;
    // By its amount: a clock that was set back is no reason to fall silent.
    if (!isNews && Math.abs(now - this.toldAt) < RENEW_MS) return;
    await this.writer.renew(this.held, this.latest);
    this.tell(now);
  }

  /** Removes the documents of before a time, whoever folds them. */
  async retire(before: number): Promise<void> {
    const [serving] = await this.writer.serving([this.spec]);
    if (serving !== undefined) await this.writer.retire(serving, before);
  }

  /** Notes that the log or the read model could not be reached. */
  outOfReach(now: number): void {
    this.latest = { ...this.latest, behindSince: this.since(now) };
  }

  stop(now: number): void {
    this.latest = { ...this.latest, behindSince: this.since(now), isStopped: true };
  }

  /**
   * Goes on as the generation that another runner has filled. What is not served before a place in
   * the log is not served earlier by that.
   */
  become(filled: ProjectionRunner): void {
    const from = this.isServing ? Math.max(filled.scanned, this.serves.from) : filled.scanned;
    this.held = filled.held;
    this.parked = filled.parked;
    this.latest = filled.latest;
    this.serves = { number: filled.held?.number ?? NaN, from };
    this.toldAt = -Infinity;
  }

  /** Since when it would be behind if an event, where there is one, were the first not applied. */
  private seenSince(event: FeedEvent | undefined): number | undefined {
    return (event && recordedAtOf(event)) ?? this.latest.behindSince;
  }

  private since(now: number): number {
    return this.latest.behindSince ?? now;
  }

  private tell(now: number): void {
    this.told = this.latest;
    this.toldAt = now;
  }

  private async commit(unseen: readonly FeedEvent[], reached: Reached, now: number): Promise<void> {
    const { held, projection } = this;
    const last = unseen.at(-1);
    if (held === undefined || last === undefined) return;
    const { groups, refused } = groupByKey(projection, unseen);
    if (groups.size + refused.length === 0) return;
    const loaded = await this.writer.load(held, [...groups.keys()]);
    const isBlocked = (key: string): boolean => this.parked.isBlocked(key);
    const folded = fold({ projection, groups, loaded, isBlocked });
    const parked = this.parked.with([...refused, ...folded.refused], now);
    await this.write({ held, folded, parked, checkpoint: last.position, reached }, now);
  }

  private async write(
    { held, folded, parked, checkpoint, reached, endsRetry = false }: Writing,
    now: number,
  ): Promise<void> {
    const totals = { ...held.totals };
    add(totals, folded.change);
    const appliedAt = (folded.change.folds ?? 0) > 0 ? now : this.latest.appliedAt;
    const progress = { ...this.latest, ...reached, parkedEvents: parked.events.count, appliedAt };
    const { puts, deletes } = folded;
    const state = { checkpoint, totals, parked: parked.change, progress, endsRetry };
    this.held = await this.writer.commit(held, { puts, deletes, ...state });
    this.parked = parked.events;
    this.latest = { ...this.latest, parkedEvents: parked.events.count, appliedAt };
    this.told = progress;
    this.toldAt = now;
  }
}

/** How far a batch brings a projection. */
type Reached = Pick<GenerationProgress, 'scanned' | 'behindSince' | 'eventsSeen'>;

interface Writing {
  readonly held: Generation;
  readonly folded: ReturnType<typeof fold>;
  readonly parked: ReturnType<ParkedEvents['with']>;
  readonly checkpoint: number;
  readonly reached?: Reached;
  readonly endsRetry?: boolean;
}
