import { LOG_START, type EventLog } from '../ports/event-store.js';
import type { Landmark } from '../ports/log-past.js';
import type { ParkedSummary } from '../ports/parked-summary.js';
import type { Projection } from '../ports/projection.js';
import type { DocumentWriter } from '../ports/read-model/documents.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationProgress,
} from '../ports/read-model/generation.js';
import type { Batch } from './feed.js';
import { isNewer, recordedAtOf, type FeedEvent } from './feed-event.js';
import { add, addToSums, fold, groupByKey, type Folded, type FoldOptions } from './fold.js';
import { ParkedEvents } from './parked-events.js';
import { landmarkOf, stillSeen } from './seen-log.js';

/** A generation that this node has a claim on and folds. */
export class OwnedGeneration {
  /** The number of events of a newer release that it passed over. */
  newerEvents = 0;
  private parked = ParkedEvents.none();
  /** The progress that the store was last told. */
  private told: GenerationProgress | undefined;
  /**
   * The time of the last write to the store for this claim, in milliseconds since the process
   * began.
   */
  private heardAt = performance.now();
  /** The checkpoint of the commit that is under way; undefined if none is. */
  private committing: number | undefined;
  /**
   * The error by which `keep` found that another writer has the claim; the next renewal throws it.
   */
  private lost: CheckpointMoved | undefined;

  private constructor(
    readonly projection: Projection,
    private readonly writer: DocumentWriter,
    private held: Generation,
    private latest: GenerationProgress,
  ) {}

  /**
   * Makes an acquired generation, whose claim can be kept from now on. It can be folded once it is
   * resumed. `progress` is what the owner before has told.
   */
  static claimed(
    projection: Projection,
    writer: DocumentWriter,
    acquired: Generation,
    progress: GenerationProgress,
  ): OwnedGeneration {
    return new OwnedGeneration(projection, writer, acquired, progress);
  }

  /** Starts at the last position that the owner before is sure to have looked at in this log. */
  async resume(log: EventLog, now: number): Promise<void> {
    const { held, latest, writer } = this;
    this.parked = await ParkedEvents.of(held, writer);
    const seen = await stillSeen(log, held, latest);
    this.latest = {
      scanned: Math.max(held.checkpoint, seen?.position ?? LOG_START),
      seen,
      behindSince: latest.behindSince ?? now,
      isStopped: false,
      parkedEvents: this.parked.count,
      appliedAt: latest.appliedAt,
      eventsSeen: latest.eventsSeen,
    };
  }

  get generation(): Generation {
    return this.held;
  }

  get progress(): GenerationProgress {
    return this.latest;
  }

  get scanned(): number {
    return this.latest.scanned;
  }

  /** The last event that the generation is known to have looked at. */
  get landmark(): Landmark | undefined {
    return landmarkOf({ ...this.held, seen: this.latest.seen });
  }

  /** Says whether the generation has not stopped. */
  get isRunning(): boolean {
    return !this.latest.isStopped;
  }

  /** A summary of its parked events. */
  get parkedSummary(): ParkedSummary {
    return this.parked.summary;
  }

  /** Folds the new events of a batch. Writes documents and checkpoint in one transaction. */
  async apply(batch: Batch, now: number): Promise<void> {
    if (!this.isRunning || batch.scanned < this.scanned) return;
    const unseen = batch.events.filter(({ position }) => position > this.scanned);
    const [first, last] = [unseen[0], unseen.at(-1)];
    this.latest = { ...this.latest, behindSince: this.seenSince(first) };
    const behindSince = this.seenSince(last);
    const reached = {
      scanned: batch.scanned,
      seen: seenIn(last) ?? this.latest.seen,
      behindSince: batch.isEnd ? undefined : behindSince,
      eventsSeen: this.latest.eventsSeen + unseen.length,
    };
    await this.commit(unseen, reached, now);
    this.latest = { ...this.latest, ...reached };
    this.newerEvents += unseen.filter(isNewer).length;
  }

  /** Reads the parked events from the store, and returns the log positions of those that wait. */
  async parkedPositions(): Promise<readonly number[]> {
    this.parked = await ParkedEvents.of(this.held, this.writer);
    return this.parked.positions;
  }

  /**
   * Tries parked events again, as they are in the log now, in the order of the log for each
   * document. A generation that has stopped for too many parked events goes on.
   */
  async retry(events: readonly FeedEvent[], retriesWanted: number, now: number): Promise<void> {
    const { held, projection } = this;
    const waiting = this.parked.waitingFor(groupByKey(projection, events));
    const { groups, isBlocked } = waiting;
    const folded = await this.fold({ groups, isBlocked });
    const refused = [...waiting.refused, ...folded.refused];
    const parked = this.parked.afterRetry(events, refused, now);
    const { checkpoint, checkpointId } = held;
    const place = { checkpoint, checkpointId };
    await this.write({ folded, parked, ...place, endsRetry: retriesWanted }, now);
    this.latest = { ...this.latest, isStopped: false };
  }

  /** Writes the progress to the store if it has changed or the claim needs renewal. */
  async renew(): Promise<void> {
    if (this.lost !== undefined) throw this.lost;
    const { scanned, behindSince, isStopped } = this.latest;
    const isNews =
      scanned !== this.told?.scanned ||
      (behindSince === undefined) !== (this.told.behindSince === undefined) ||
      isStopped !== this.told.isStopped;
    if (!isNews && !this.isOld) return;
    await this.writer.renew(this.held, this.latest);
    this.tell(this.latest);
  }

  /**
   * Renews the claim beside the work, if it is old. If another writer has taken the claim, the next
   * `renew` throws.
   */
  async keep(): Promise<void> {
    if (this.lost !== undefined || !this.isOld) return;
    const { held, committing } = this;
    try {
      await this.writer.keep(held, committing);
      this.heardAt = performance.now();
    } catch (error) {
      if (!(error instanceof CheckpointMoved)) throw error;
      // A commit that came between has moved it: that one will know.
      if (this.held === held && this.committing === committing) this.lost = error;
    }
  }

  stop(now: number): void {
    this.latest = { ...this.latest, behindSince: this.latest.behindSince ?? now, isStopped: true };
  }

  /**
   * Returns the time since which the generation would be behind if this event were its first one
   * not applied.
   */
  private seenSince(event: FeedEvent | undefined): number | undefined {
    return (event && recordedAtOf(event)) ?? this.latest.behindSince;
  }

  /** Says whether the claim needs renewal. */
  private get isOld(): boolean {
    return performance.now() - this.heardAt >= RENEW_MS;
  }

  private tell(told: GenerationProgress): void {
    this.told = told;
    this.heardAt = performance.now();
  }

  private async commit(unseen: readonly FeedEvent[], reached: Reached, now: number): Promise<void> {
    const last = unseen.at(-1);
    if (last === undefined) return;
    const { groups, refused } = groupByKey(this.projection, unseen);
    if (groups.size + refused.length === 0) return;
    const isBlocked = (key: string): boolean => this.parked.isBlocked(key);
    const folded = await this.fold({ groups, isBlocked });
    const parked = this.parked.with([...refused, ...folded.refused], now);
    const place = { checkpoint: last.position, checkpointId: last.id };
    await this.write({ folded, parked, ...place, reached }, now);
  }

  /** Folds events into the stored documents, and adds what changes to the stored sums. */
  private async fold({
    groups,
    isBlocked,
  }: Pick<FoldOptions, 'groups' | 'isBlocked'>): Promise<Folded> {
    const { held, projection, writer } = this;
    const loaded = await writer.load(held, [...groups.keys()]);
    const { settings } = held;
    const folded = fold({ projection, settings, groups, loaded, isBlocked });
    if (folded.amounts.size === 0) return folded;
    const loadedSums = await writer.load(held, [...folded.amounts.keys()]);
    const sums = addToSums(projection, folded.amounts, loadedSums);
    const change = { ...folded.change };
    add(change, sums.change);
    return { ...folded, puts: [...folded.puts, ...sums.puts], change };
  }

  private async write(
    { folded, parked, checkpoint, checkpointId, reached, endsRetry }: Writing,
    now: number,
  ): Promise<void> {
    const totals = { ...this.held.totals };
    add(totals, folded.change);
    const appliedAt = (folded.change.folds ?? 0) > 0 ? now : this.latest.appliedAt;
    const progress = { ...this.latest, ...reached, parkedEvents: parked.events.count, appliedAt };
    const { puts, deletes } = folded;
    const place = { checkpoint, checkpointId, totals };
    const retry = endsRetry === undefined ? {} : { endsRetry };
    const state = { ...place, parked: parked.change, progress, ...retry };
    this.committing = checkpoint;
    try {
      this.held = await this.writer.commit(this.held, { puts, deletes, ...state });
    } finally {
      this.committing = undefined;
    }
    this.parked = parked.events;
    this.latest = { ...this.latest, parkedEvents: parked.events.count, appliedAt };
    this.tell(progress);
  }
}

/** The age in milliseconds at which a claim is renewed: a third of the time that it lasts. */
const RENEW_MS = 2_000;

/** The progress that a batch brings. */
type Reached = Pick<GenerationProgress, 'scanned' | 'seen' | 'behindSince' | 'eventsSeen'>;

/** Returns the landmark for an event; undefined if the event is damaged. */
const seenIn = (event: FeedEvent | undefined): Landmark | undefined =>
  event?.id === undefined ? undefined : { position: event.position, id: event.id };

interface Writing {
  readonly folded: Folded;
  readonly parked: ReturnType<ParkedEvents['with']>;
  readonly checkpoint: number;
  readonly checkpointId: string | undefined;
  readonly reached?: Reached;
  readonly endsRetry?: number;
}
