import {
  PROJECTION_NAMES,
  type FoldWatch,
  type Projection,
  type ProjectionName,
} from '../ports/projection.js';

/** Remembers the events at which threads died; it outlives them. */
export class FoldDeaths {
  private readonly now = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
  private readonly counts = new Map<string, DeadlyEvent & { readonly deaths: number }>();

  /** Returns the data for the next thread. */
  sharedFold(): SharedFold {
    new Float64Array(this.now).fill(NOTHING);
    const deadly = [...this.counts.values()].filter(({ deaths }) => deaths >= DEATHS_MAX);
    return { now: this.now, deadly };
  }

  /** Counts the death at the event that was being folded, and describes it; '' if there is none. */
  note(): string {
    const [number = NOTHING, position = NOTHING] = new Float64Array(this.now);
    const projection = PROJECTION_NAMES[number - 1];
    if (projection === undefined) return '';
    const key = `${projection} ${String(position)}`;
    const deaths = (this.counts.get(key)?.deaths ?? 0) + 1;
    this.counts.set(key, { projection, position, deaths });
    const event = `${projection} was folding the event at position ${String(position)}`;
    return deaths < DEATHS_MAX ? `; ${event}` : `; ${event}, which is parked now`;
  }
}

/** The deaths that an event may cause before it is parked: one may be the machine's fault. */
const DEATHS_MAX = 2;
const NOTHING = 0;

/** An event at whose fold a thread died. */
export interface DeadlyEvent {
  readonly projection: ProjectionName;
  readonly position: number;
}

/** The data by which a folding thread says what it folds, and learns what it must not fold. */
export interface SharedFold {
  /**
   * The present fold: the number of its projection among PROJECTION_NAMES, from 1, and the position
   * of its event.
   */
  readonly now: SharedArrayBuffer;
  /** The events that the thread must not fold. */
  readonly deadly: readonly DeadlyEvent[];
}

/** A thread died twice while it folded this event. */
class DeadlyEventError extends Error {
  constructor() {
    super('it ended the thread that folded it, twice');
    this.name = 'DeadlyEventError';
  }
}

/** Makes all projections note which event they fold, and park the deadly events. */
export const watchedProjections = (
  projections: readonly Projection[],
  fold: SharedFold,
): readonly Projection[] =>
  projections.map((projection) => ({ ...projection, watch: watchOf(projection, fold) }));

function watchOf({ name }: Projection, { now, deadly }: SharedFold): FoldWatch {
  const number = PROJECTION_NAMES.indexOf(name) + 1;
  const noted = new Float64Array(now);
  const positions = new Set(
    deadly.filter(({ projection }) => projection === name).map(({ position }) => position),
  );
  return {
    begin: (position) => {
      if (positions.size > 0 && positions.has(position)) throw new DeadlyEventError();
      noted[0] = number;
      noted[1] = position;
    },
    end: () => {
      noted[0] = NOTHING;
    },
  };
}
