import { LOG_START, type EventLog } from '../ports/event-store.js';
import { hasEvent } from '../ports/log-past.js';
import type { GenerationRecord, GenerationSpec } from '../ports/read-model/generation.js';
import { CLAIM_MS } from '../ports/read-model/records.js';
import { applySettings } from './fold-settings.js';
import { failed, type Generations } from './generations.js';
import type { ObservedProjection } from './observed-projection.js';
import { hasAllSeen } from './seen-log.js';

/**
 * Decides which projections this node folds: all of them, or none while another node folds some and
 * can fold the rest. It watches the projections of other nodes, and takes them over when their
 * claims run out.
 */
export class Ownership {
  /** Called when a read model does not serve, before a long fold of it begins. */
  onUnserved: (() => void) | undefined;
  /** The time in milliseconds until the next glance. */
  watchMs = WATCH_MS;
  /** The time in epoch milliseconds at which a generation was begun because none could serve. */
  private readonly begun = new Map<ObservedProjection, number>();
  /**
   * The time since which a projection has had no owner while another node folds the rest, in
   * milliseconds since the process began.
   */
  private freeSince: number | undefined;
  /** The time until which this node takes no claims, in milliseconds since the process began. */
  private asideUntil = -Infinity;

  constructor(private readonly options: OwnershipOptions) {}

  /** Looks for the first time, and applies the wanted settings. */
  async start(projections: readonly ObservedProjection[], now: number): Promise<void> {
    await this.look(projections, now);
    if (this.options.isRestart !== true) await applySettings(projections, this.options, now);
  }

  /**
   * Reads the state of the projections and their rebuilds, and takes those that no node folds.
   * Returns the end of the log.
   */
  async look(projections: readonly ObservedProjection[], now: number): Promise<number> {
    await this.see(projections);
    const head = await this.options.log.head();
    for (const observed of projections) {
      await this.loseUnusable(observed, head);
      await this.giveUpUnusable(observed, head, now);
    }
    const unfit = await this.takeFree(projections, head, now);
    const isApart = unfit.length < projections.length;
    for (const free of unfit) {
      // Another node is at it: that one goes on with the others, too.
      if (!(await this.startOver(free, { head, isApart, now }))) break;
    }
    for (const observed of projections) await observed.seeParked();
    return head;
  }

  /** Leaves all projections to other nodes for a while. The caller gives the claims back. */
  standAside(projections: readonly ObservedProjection[]): void {
    for (const observed of projections) observed.lose();
    this.asideUntil = performance.now() + ASIDE_MS;
  }

  /** Does what `look` does but begins no generation, which is quicker. */
  async glance(projections: readonly ObservedProjection[], now: number): Promise<void> {
    const startedAt = performance.now();
    await this.see(projections);
    await this.takeFree(projections, await this.options.log.head(), now);
    this.watchMs = Math.max(WATCH_MS, WATCH_TIMES * (performance.now() - startedAt));
  }

  /**
   * Reads the projections' state from the store. Read the head of the log after this, or new
   * commits would seem to lie beyond it.
   */
  private async see(projections: readonly ObservedProjection[]): Promise<void> {
    const allStored = await this.options.generations.look(projections.map(({ spec }) => spec));
    for (const [i, observed] of projections.entries()) {
      const stored = allStored[i];
      if (stored !== undefined) observed.see(stored);
    }
    if (projections.some(({ isServing }) => !isServing)) this.onUnserved?.();
  }

  /**
   * Drops a generation that does not match the log any more because the log was put back. It is
   * taken again from the last position that matches, or else folded anew.
   */
  private async loseUnusable(observed: ObservedProjection, head: number): Promise<void> {
    const { owned, serving, spec } = observed;
    if (owned === undefined) return;
    const servesFrom = serving?.servesFrom;
    const quick = whyAtOnceUnusable(
      spec,
      { ...owned.generation, servesFrom, fault: undefined },
      head,
    );
    const isFit = quick === undefined && (await hasAllSeen(this.options.log, owned, head));
    if (!isFit) observed.lose();
  }

  /** Gives up a building generation that does not match the log. */
  private async giveUpUnusable(
    observed: ObservedProjection,
    head: number,
    now: number,
  ): Promise<void> {
    const { spec, rebuild } = observed;
    const { building } = rebuild;
    const unusable = building && (await this.whyUnusable(spec, building, head));
    if (unusable === undefined) return;
    const outcome = failed(unusable, now);
    await this.options.generations.abandon(spec, outcome);
    observed.seeEnd(outcome);
    this.begun.delete(observed);
  }

  /** Takes the usable generations that no node folds; returns the unusable ones. */
  private async takeFree(
    projections: readonly ObservedProjection[],
    head: number,
    now: number,
  ): Promise<readonly Free[]> {
    const free: Free[] = [];
    for (const observed of projections) {
      if (observed.owned !== undefined) continue;
      const { spec, serving } = observed;
      const quick = serving && whyAtOnceUnusable(spec, serving, head);
      if (serving !== undefined && quick === undefined) {
        observed.watch(serving, servesFrom(observed, serving, head), now);
      }
      if (serving?.isTaken !== true) free.push({ observed, serving, unusable: quick });
      else if (serving.storeId !== spec.storeId) throw new ReadModelsInUse();
    }
    if (!this.mayTake(projections, free)) return [];
    const judged: Free[] = [];
    for (const candidate of free) judged.push(await this.judged(candidate, head));
    await this.acquire(judged.filter(isFit), head, now);
    return judged.filter((candidate) => !isFit(candidate));
  }

  /**
   * Says whether this node may take free projections. A node that folds the others goes first: it
   * gets `GIVEN_MS` for usable generations, and `CLAIM_MS` to begin new ones.
   */
  private mayTake(projections: readonly ObservedProjection[], free: readonly Free[]): boolean {
    if (free.length === 0) {
      this.freeSince = undefined;
      return false;
    }
    if (performance.now() < this.asideUntil) return false;
    const isHere = projections.some(({ owned }) => owned !== undefined);
    const isElsewhere = projections.some(
      ({ owned, serving }) => owned === undefined && serving?.isTaken === true,
    );
    if (isHere || !isElsewhere) return true;
    this.freeSince ??= performance.now();
    const givenMs = free.every(isFit) ? GIVEN_MS : CLAIM_MS;
    return performance.now() - this.freeSince >= givenMs;
  }

  private async judged(free: Free, head: number): Promise<Free> {
    const { observed, serving, unusable } = free;
    if (serving === undefined || unusable !== undefined) return free;
    return { ...free, unusable: await this.whyUnusable(observed.spec, serving, head) };
  }

  private async acquire(free: readonly Free[], head: number, now: number): Promise<void> {
    const wanted = free.flatMap(({ serving }) => serving ?? []);
    if (wanted.length === 0) return;
    const acquired = await this.options.generations.acquire(wanted);
    // All begin at once: from then on their claims are kept.
    const taking = free.map(async ({ observed, serving }, i) => {
      const generation = acquired?.[i];
      if (generation === undefined || serving === undefined) return;
      await observed.take(generation, servesFrom(observed, serving, head), now);
    });
    await Promise.all(taking);
  }

  /**
   * Says whether the generation that was begun has failed. Another try would fail, too, until an
   * operator acts.
   */
  private hasGivenUp(observed: ObservedProjection): boolean {
    const { outcome } = observed.rebuild;
    const begunAt = this.begun.get(observed);
    if (outcome === undefined || begunAt === undefined) return false;
    return outcome.kind === 'failed' && outcome.at >= begunAt;
  }

  /** Folds an unusable or missing read model anew; returns false if another node was quicker. */
  private async startOver(
    { observed, serving, unusable }: Free,
    { head, isApart, now }: StartOver,
  ): Promise<boolean> {
    const { generations, onStartOver } = this.options;
    const { spec, rebuild } = observed;
    const isBuilt = rebuild.building !== undefined;
    const tell = (): void => {
      if (serving !== undefined) onStartOver(spec.projection, unusable ?? '');
    };
    if (serving !== undefined) {
      // It goes at once where another takes its place later: nobody is to go back to it.
      const isDiscarded = isApart || isBuilt;
      if (isDiscarded && !(await generations.discard(serving))) return false;
      if (isDiscarded) tell();
      observed.unserve(now);
      this.onUnserved?.();
    }
    if (isBuilt) return true;
    if (this.hasGivenUp(observed)) {
      observed.stop(now);
      return true;
    }
    if (isApart) {
      this.begun.set(observed, now);
      await generations.begin(spec, 'nothing');
      return true;
    }
    const start = { replacing: serving?.number, servesFrom: head };
    const generation = await generations.start(spec, start);
    if (generation === undefined) return false;
    tell();
    await observed.take(generation, head, now);
    return true;
  }

  /** Returns the reason why a read model does not match the log; undefined if it matches. */
  private async whyUnusable(
    spec: GenerationSpec,
    generation: Judged,
    head: number,
  ): Promise<string | undefined> {
    const quick = whyAtOnceUnusable(spec, generation, head);
    const { checkpoint, checkpointId } = generation;
    if (quick !== undefined || checkpointId === undefined) return quick;
    const landmark = { position: checkpoint, id: checkpointId };
    const isSame = await hasEvent(this.options.log, landmark);
    return isSame ? undefined : 'its read model was folded from another past of the log';
  }
}

/**
 * The time in milliseconds that the node which folds the other projections gets to take a free one:
 * it looks each second.
 */
const GIVEN_MS = 2_000;

/**
 * The time in milliseconds between two glances at another node's progress while that is not at
 * the end of the log. Where glances are slow, as the nodes share the cores, it is so many times as
 * long as a glance: watching must not keep the node that folds from its work.
 */
const WATCH_MS = 25;
const WATCH_TIMES = 4;

/**
 * The time in milliseconds for which a node takes no claims after it has given up its own. Within
 * that time other nodes find them free.
 */
export const ASIDE_MS = CLAIM_MS + 2_000;

/** A server with another log writes the same read models. Each would undo the other's work. */
class ReadModelsInUse extends Error {
  constructor() {
    super('these read models are in use by a server with another event log: give it others');
    this.name = 'ReadModelsInUse';
  }
}

export interface OwnershipOptions {
  readonly log: EventLog;
  readonly generations: Generations;
  /** Says whether it replaces a projector that died. Then settings have been applied already. */
  readonly isRestart?: boolean;
  /** Called with the reason when a read model is folded anew without an order. */
  readonly onStartOver: (projection: string, reason: string) => void;
}

/** A projection that no node folds, so that this one could. */
interface Free {
  readonly observed: ObservedProjection;
  readonly serving: GenerationRecord | undefined;
  /** The reason why the serving generation is unusable; undefined if it is usable. */
  readonly unusable: string | undefined;
}

/**
 * Returns the position from which on a generation answers queries. If its record does not state
 * one, a crash of the machine may have undone commits: then it is the end of the log, unless this
 * node has known the generation all the time.
 */
const servesFrom = (observed: ObservedProjection, status: GenerationRecord, head: number): number =>
  // Where this node has been may be gone from the log since.
  status.servesFrom ?? Math.min(observed.servesFrom(status.number) ?? head, head);

/** The circumstances in which a read model is folded anew. */
interface StartOver {
  /** The end of the log. */
  readonly head: number;
  /**
   * Says whether it is folded by itself. Folded together, all projections would go back to the
   * start of the log for it.
   */
  readonly isApart: boolean;
  readonly now: number;
}

const isFit = ({ serving, unusable }: Free): boolean =>
  serving !== undefined && unusable === undefined;

type Judged = Pick<
  GenerationRecord,
  'storeId' | 'checkpoint' | 'checkpointId' | 'servesFrom' | 'fault'
>;

/** Does what `whyUnusable` does, without a look at the log's events. */
function whyAtOnceUnusable(
  spec: GenerationSpec,
  { storeId, checkpoint, servesFrom = LOG_START, fault }: Judged,
  head: number,
): string | undefined {
  if (fault !== undefined) return fault;
  if (storeId !== spec.storeId) return 'its read model was folded from another log';
  // It was begun on a part of the log that is gone: it would not serve before the log is as long.
  return Math.max(checkpoint, servesFrom) > head ? 'its read model is ahead of the log' : undefined;
}
