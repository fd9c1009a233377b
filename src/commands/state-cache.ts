/** A stream's state as of its last event, and the place of that event. */
export interface Snapshot<State> {
  readonly state: State;
  /** The number of the chapter, from 0, where a subject has several streams in turn. */
  readonly chapter: number;
  readonly revision: number;
  readonly position: number;
}

/**
 * The states of the streams written to last. Their weight is bounded: the state that was unused for
 * the longest goes first. A missing state is loaded again, so that nothing depends on it.
 */
export class StateCache<State> {
  private readonly snapshots = new Map<string, Snapshot<State>>();
  private weight = 0;

  constructor(
    private readonly weightMax: number,
    private readonly weigh: (state: State) => number,
  ) {}

  get(stream: string): Snapshot<State> | undefined {
    const snapshot = this.snapshots.get(stream);
    if (snapshot !== undefined) {
      this.snapshots.delete(stream);
      this.snapshots.set(stream, snapshot);
    }
    return snapshot;
  }

  set(stream: string, snapshot: Snapshot<State>): void {
    this.evict(stream);
    this.snapshots.set(stream, snapshot);
    this.weight += this.weigh(snapshot.state);
    for (const oldest of this.snapshots.keys()) {
      if (this.weight <= this.weightMax) break;
      this.evict(oldest);
    }
  }

  clear(): void {
    this.snapshots.clear();
    this.weight = 0;
  }

  evict(stream: string): void {
    const snapshot = this.snapshots.get(stream);
    if (snapshot === undefined) return;
    this.snapshots.delete(stream);
    this.weight -= this.weigh(snapshot.state);
  }
}
