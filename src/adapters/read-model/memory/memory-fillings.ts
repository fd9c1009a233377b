import { LOG_START } from '../../../ports/event-store.js';
import type { ProjectionName } from '../../../ports/projection.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationProgress,
  type GenerationSpec,
  type ParkedEvent,
  type RebuildOutcome,
} from '../../../ports/read-model-store.js';
import type { Row } from './memory-document-reader.js';

/** One generation at one moment; a change makes a new one, so that readers keep theirs. */
export interface Filling {
  readonly generation: Generation;
  readonly role: 'serving' | 'filling' | 'offered' | 'previous';
  /** When it began to fill, or when it was replaced. */
  readonly since: number;
  readonly progress: GenerationProgress;
  readonly servesFrom: number;
  readonly claim: Claim | undefined;
  readonly documents: ReadonlyMap<string, Row>;
  readonly parked: readonly ParkedEvent[];
  readonly isRetryWanted: boolean;
  /** Documents that retired before this time were removed. */
  readonly retiredBefore?: number;
}
/** Who may write, and until when, by the store's clock. */
export interface Claim {
  readonly owner: symbol;
  readonly until: number;
}

type Model = Pick<Generation, 'projection' | 'version'>;
type Place = Pick<Generation, 'projection' | 'version' | 'number'>;

/** All generations of a store, which its owners share. */
export class MemoryFillings {
  /** In the order in which they were made. */
  all: Filling[] = [];
  readonly outcomes = new Map<ProjectionName, RebuildOutcome>();
  private lastNumber = 0;

  empty({ projection, version, storeId }: GenerationSpec): Filling {
    this.lastNumber += 1;
    const place = { number: this.lastNumber, checkpoint: LOG_START, totals: {}, fence: 1 };
    const generation = { projection, version, storeId, ...place };
    const state = { role: 'serving', since: 0, claim: undefined, servesFrom: LOG_START } as const;
    const nothing = { documents: new Map(), parked: [], isRetryWanted: false };
    return { generation, ...state, ...nothing, progress: NO_PROGRESS };
  }

  /** Of several that were replaced, the last one. */
  inRole(model: Model, role: Filling['role']): Filling | undefined {
    return this.all
      .filter((filling) => filling.role === role && isSameModel(model, filling.generation))
      .sort((a, b) => a.since - b.since)
      .at(-1);
  }

  find(place: Place): Filling | undefined {
    return this.all.find(
      ({ generation }) => isSameModel(place, generation) && place.number === generation.number,
    );
  }

  put(filling: Filling): void {
    const place = this.all.findIndex(
      ({ generation }) => generation.number === filling.generation.number,
    );
    if (place < 0) this.all.push(filling);
    else this.all[place] = filling;
  }

  drop(filling: Filling): void {
    this.all = this.all.filter((one) => one !== filling);
  }
}

export const isSameModel = (a: Model, b: Model): boolean =>
  a.projection === b.projection && a.version === b.version;

type EventPlace = Pick<ParkedEvent, 'position' | 'key'>;

export const isSameEvent = (a: EventPlace, b: EventPlace): boolean =>
  a.position === b.position && a.key === b.key;

export const inLogOrder = (a: ParkedEvent, b: ParkedEvent): number =>
  a.position - b.position || (a.key < b.key ? -1 : 1);
