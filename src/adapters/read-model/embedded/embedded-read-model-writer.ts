import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../ports/clock.js';
import type { ProjectionName } from '../../../ports/projection.js';
import type {
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  StoredDocument,
} from '../../../ports/read-model/documents.js';
import {
  CheckpointMoved,
  NO_PROGRESS,
  type Generation,
  type GenerationPlace,
  type GenerationProgress,
  type GenerationRecord,
  type GenerationSpec,
} from '../../../ports/read-model/generation.js';
import {
  CLAIM_MS,
  type EndedRebuild,
  type GenerationRecords,
  type RecordChange,
} from '../../../ports/read-model/records.js';
import type { ReadModelWriter } from '../../../ports/read-model/writer.js';
import { FileFault, isDamaged, messageOf } from '../../sqlite/file-faults.js';
import { openControlFile, type ControlFile, type ControlRow } from './control-file.js';
import type { FileState, GenerationFile } from './generation-file.js';
import { GenerationFiles } from './generation-files.js';

/**
 * Read models in a folder: a SQLite file a generation, and a file that holds the records. Several
 * threads of one process may write them, each by a writer of its own.
 *
 * The control file names the owner of a claim. The generation's own file holds its end, and
 * identity and fence too: so a commit is one transaction of one file, and so is a renewal, which
 * need not wait for the disk. A new owner writes the generation's file before the record: then a
 * crash between the two leaves no file that the old owner may go on writing.
 */
export class EmbeddedReadModelWriter implements ReadModelWriter {
  private readonly owner = randomUUID();
  private readonly control: ControlFile;
  private readonly files: GenerationFiles;

  constructor(
    folder: string,
    private readonly clock: Clock = { now: () => Date.now() },
  ) {
    this.control = openControlFile(folder);
    this.files = new GenerationFiles(folder);
  }

  async records(projections: readonly ProjectionName[]): Promise<GenerationRecords> {
    this.files.shutGone();
    const rows = this.control.rowsOf(projections);
    const ended = this.control.endedOf(projections);
    return Promise.resolve({ generations: rows.map((row) => this.recordOf(row)), ended });
  }

  async write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    const isWritten = this.control.atOnce(() => {
      if (!changes.every((change) => this.isAsRead(change))) return false;
      for (const change of changes) this.save(change);
      if (ended !== undefined) this.control.end(ended);
      for (const change of changes) this.mark(change);
      return true;
    });
    return Promise.resolve(isWritten);
  }

  async make(spec: GenerationSpec): Promise<GenerationPlace> {
    const { projection, version } = spec;
    const place = { projection, version, number: this.control.nextNumber(projection) };
    this.files.make(spec, place);
    return Promise.resolve(place);
  }

  async drop(place: GenerationPlace): Promise<void> {
    this.files.drop(place);
    return Promise.resolve();
  }

  async dropStrays(projections: readonly ProjectionName[]): Promise<void> {
    this.files.removeStrays(projections, () => this.control.rowsOf(projections));
    return Promise.resolve();
  }

  async load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    const loaded = this.on(generation, (file) => file.load(generation, keys));
    if (loaded === undefined) throw new CheckpointMoved(generation);
    return Promise.resolve(loaded);
  }

  async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const until = this.clock.now() + CLAIM_MS;
    const isCommitted = this.on(generation, (file) => file.commit(generation, write, until));
    if (!isCommitted) throw new CheckpointMoved(generation);
    const { checkpoint, checkpointId, totals } = write;
    return Promise.resolve({ ...generation, checkpoint, checkpointId, totals });
  }

  async renew(generation: Generation, { scanned }: GenerationProgress): Promise<void> {
    this.prolong(generation, { scanned });
    return Promise.resolve();
  }

  async keep(generation: Generation, orAt?: number): Promise<void> {
    this.prolong(generation, { orAt });
    return Promise.resolve();
  }

  async parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return Promise.resolve(this.on(generation, (file) => file.parked()));
  }

  async wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean> {
    const row = this.control.find(generation);
    const isSame = row?.state === 'serving' && row.identity === generation.identity;
    if (!isSame) throw new CheckpointMoved(generation);
    return Promise.resolve(this.on(generation, (file) => file.wantRetry(giveUp)));
  }

  async retire(generation: Generation, before: number): Promise<void> {
    this.on(generation, (file) => {
      file.retire(before);
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.files.close();
    this.control.close();
    return Promise.resolve();
  }

  private recordOf(row: ControlRow): GenerationRecord {
    const { projection, version, number, identity, settings = {}, fence, state, since } = row;
    const { state: file, fault } = this.files.look(row);
    const { storeId, checkpoint, checkpointId, totals, parkedEvents, retriesWanted } = file;
    const isBuilt = state === 'building' || state === 'ready';
    // A position of the embedded log is also the number of events up to it.
    const scanned = isBuilt ? Math.max(checkpoint, file.scanned) : checkpoint;
    const now = this.clock.now();
    return {
      ...{ projection, version, number, identity, storeId, settings },
      ...{ checkpoint, checkpointId, totals },
      ...{ ...NO_PROGRESS, scanned, eventsSeen: scanned, parkedEvents },
      ...{ fence, state, since, ageMs: now - since, fault, servesFrom: undefined },
      unusedMs: now - Math.max(file.claimedUntil, since),
      isTaken: !this.isFree(row, file),
      owner: undefined,
      isRetryWanted: file.isRetryWanted === 1,
      retriesWanted,
    };
  }

  private isFree({ owner }: ControlRow, { claimedUntil }: FileState): boolean {
    return owner === undefined || owner === this.owner || claimedUntil <= this.clock.now();
  }

  private isAsRead({ before, after, claim, statesCheckpoint }: RecordChange): boolean {
    if (before === undefined) return after !== undefined && this.control.find(after) === undefined;
    const row = this.control.find(before);
    if (row?.fence !== before.fence || row.state !== before.state) return false;
    if (row.identity !== before.identity) return false;
    const { state, fault } = this.files.look(row);
    if (statesCheckpoint && state.checkpoint !== before.checkpoint) return false;
    return claim !== 'acquire' || (fault === undefined && this.isFree(row, state));
  }

  private save({ before, after, claim }: RecordChange): void {
    const row = before && this.control.find(before);
    if (after === undefined) {
      if (row !== undefined) this.control.remove(row);
      return;
    }
    const { projection, version, number, identity, settings, fence, state } = after;
    const since = row?.state === state ? row.since : this.clock.now();
    const isMine = claim === 'acquire' || claim === 'renew';
    const owner = isMine ? this.owner : claim === 'keep' ? row?.owner : undefined;
    const { fileId } = row ?? this.files.find(after)?.state() ?? {};
    this.control.save({
      ...{ projection, version, number, identity, settings, fence, state, since, owner, fileId },
      fault: row?.fault,
    });
  }

  /** Writes identity, fence and claim of the new record into the generation's file, if sound. */
  private mark({ before, after, claim }: RecordChange): void {
    if (after === undefined || before?.fault !== undefined) return;
    const now = this.clock.now();
    const until = { acquire: now + CLAIM_MS, renew: now + CLAIM_MS, release: now, keep: undefined };
    try {
      this.files.find(after)?.mark(after, until[claim]);
    } catch (error) {
      if (!this.isBlamed(after, error)) throw error;
    }
  }

  private prolong(
    generation: Generation,
    how: { readonly scanned?: number; readonly orAt?: number | undefined },
  ): void {
    const until = this.clock.now() + CLAIM_MS;
    const isKept = this.on(generation, (file) => file.keep(generation, { until, ...how }));
    if (!isKept) throw new CheckpointMoved(generation);
  }

  /** Works on a generation's file. A damaged file is noted, so that it is made anew. */
  private on<Result>(generation: Generation, work: (file: GenerationFile) => Result): Result {
    const file = this.files.find(generation);
    if (file === undefined) throw new CheckpointMoved(generation);
    try {
      return work(file);
    } catch (error) {
      this.isBlamed(generation, error);
      throw error;
    }
  }

  /** Notes the fault of a generation's file, if the file is to blame for a failure. */
  private isBlamed(place: GenerationPlace, error: unknown): boolean {
    const isToBlame = error instanceof FileFault && isDamaged(error);
    if (isToBlame) this.control.blame(place, messageOf(error));
    return isToBlame;
  }
}
