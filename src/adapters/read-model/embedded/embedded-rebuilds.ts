import { LOG_START } from '../../../ports/event-store.js';
import type { Totals } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationSpec,
  type RebuildOutcome,
  type RebuildStatus,
  type RebuildStore,
} from '../../../ports/read-model-store.js';
import type { GenerationRow } from './control-file.js';
import type { Generations } from './generations.js';

/** The generations that fill beside the serving ones. */
export class EmbeddedRebuilds implements RebuildStore {
  constructor(private readonly generations: Generations) {}

  async look(specs: readonly GenerationSpec[]): Promise<readonly RebuildStatus[]> {
    return Promise.resolve(specs.map((spec) => this.rebuildOf(spec)));
  }

  async begin(spec: GenerationSpec, from: 'nothing' | 'previous', now: number): Promise<boolean> {
    const rows = this.generations.rowsOf(spec);
    const previous = lastReplaced(rows);
    const filling = rows.find(isFilling);
    const isUnderWay = this.generations.statusOf(spec, filling) !== undefined;
    // A file that cannot be read is made anew.
    if (filling !== undefined && !isUnderWay) this.generations.control.remove(filling);
    const isPossible = !isUnderWay && (from === 'nothing' || previous !== undefined);
    if (!isPossible) return Promise.resolve(false);
    const { projection, version } = spec;
    const place =
      from === 'previous' && previous !== undefined
        ? previous
        : {
            projection,
            version,
            number: this.generations.control.nextNumber(projection),
            scanned: LOG_START,
          };
    if (place !== previous) this.generations.files.open(spec, place, true);
    this.generations.control.save({ ...place, role: 'filling', since: now });
    return Promise.resolve(true);
  }

  /** A folder keeps one other version, until this one takes its place. */
  otherVersion({ projection, version, storeId }: GenerationSpec): Promise<Totals | undefined> {
    const row = this.generations.control
      .generationsOf(projection)
      .find((other) => other.role === 'serving' && other.version !== version);
    const state = row && this.generations.files.stateOf(row);
    return Promise.resolve(state?.storeId === storeId ? state.totals : undefined);
  }

  async offer(filling: Generation): Promise<void> {
    const row = this.generations.rowOf(filling);
    if (row?.role !== 'filling') throw new CheckpointMoved(filling);
    this.generations.files.shut(row);
    this.generations.control.save({ ...row, role: 'offered' });
    return Promise.resolve();
  }

  async replace(
    serving: Generation | undefined,
    filling: Generation,
    end: RebuildOutcome,
  ): Promise<void> {
    this.generations.control.atOnce(() => {
      const [before, after] = [
        this.generations.servingOf(filling),
        this.generations.rowOf(filling),
      ];
      const isAsBelieved = serving === undefined || serving.number === before?.number;
      if (!isAsBelieved || after?.role !== 'offered') throw new CheckpointMoved(filling);
      for (const other of this.generations.control.generationsOf(filling.projection)) {
        const isUnusable = serving === undefined && other.role === 'serving';
        if (other.version !== filling.version || isUnusable) this.generations.control.remove(other);
        else if (other.role === 'serving') {
          this.generations.control.save({ ...other, role: 'previous', since: end.at });
        }
      }
      this.generations.control.save({ ...after, role: 'serving' });
      this.generations.control.saveOutcome(filling.projection, end);
    });
    this.generations.removeStrays(filling);
    return Promise.resolve();
  }

  async abandon(spec: GenerationSpec, end: RebuildOutcome): Promise<boolean> {
    const row = this.generations.rowsOf(spec).find(isFilling);
    if (row === undefined) return Promise.resolve(false);
    this.generations.control.atOnce(() => {
      this.generations.control.remove(row);
      this.generations.control.saveOutcome(spec.projection, end);
    });
    this.generations.removeStrays(spec);
    return Promise.resolve(true);
  }

  async sweep(specs: readonly GenerationSpec[], replacedBefore: number): Promise<void> {
    for (const spec of specs) {
      const old = this.generations
        .rowsOf(spec)
        .filter(({ role, since }) => role === 'previous' && since < replacedBefore);
      for (const row of old) this.generations.control.remove(row);
      if (old.length > 0) this.generations.removeStrays(spec);
    }
    return Promise.resolve();
  }

  private rebuildOf(spec: GenerationSpec): RebuildStatus {
    const rows = this.generations.rowsOf(spec);
    const row = rows.find(isFilling);
    const status = this.generations.statusOf(spec, row);
    return {
      filling: row &&
        status && {
          ...status,
          startedAt: row.since,
          isOffered: row.role === 'offered',
        },
      outcome: this.generations.control.outcomeOf(spec.projection),
      hasPrevious: rows.some(({ role }) => role === 'previous'),
    };
  }
}

/** Of those that are kept, the one that served last. */
const lastReplaced = (rows: readonly GenerationRow[]): GenerationRow | undefined =>
  rows
    .filter(({ role }) => role === 'previous')
    .sort((a, b) => a.since - b.since)
    .at(-1);

const isFilling = ({ role }: GenerationRow): boolean => role === 'filling' || role === 'offered';
