import { LOG_START, type EventLog } from '../ports/event-store.js';
import { hasEvent } from '../ports/log-past.js';
import type { GenerationRecord, GenerationSpec } from '../ports/read-model/generation.js';
import { CLAIM_MS } from '../ports/read-model/records.js';
import { applySettings } from './fold-settings.js';
import type { Generations } from './generations.js';
import type { ObservedProjection } from './observed-projection.js';
import { failed } from './rebuilds.js';
import { hasAllSeen } from './seen-log.js';

/** How long who folds the rest is given to take what served until now: it looks each second. */
const GIVEN_MS = 2_000;

/** How long who gave its claims up takes none: others see within that time that they are free. */
export const ASIDE_MS = CLAIM_MS + 2_000;

/** Another log's server is at work on the same read models: each would undo the other's. */
class ReadModelsInUse extends Error {
  constructor() {
    super('these read models are in use by a server with another event log: give it others');
    this.name = 'ReadModelsInUse';
  }
}

export interface OwnershipOptions {
  readonly log: EventLog;
  readonly generations: Generations;
  /** Says whether it takes the place of one that died: then settings were applied already. */
  readonly isRestart?: boolean;
  /** Told why a read model is folded anew, where nobody ordered it. */
  readonly onStartOver: (projection: string, reason: string) => void;
}

/** A projection that this node could fold. */
interface Free {
  readonly observed: ObservedProjection;
  readonly serving: GenerationRecord | undefined;
  /** Why the serving generation is of no use, if so. */
  readonly unusable: string | undefined;
}

/**
 * Which projections this node folds: all of them, or none while another node folds some and is
 * there to fold the rest. What another node folds is watched, and taken over when its claim runs
 * out.
 */
export class Ownership {
  /** Told that a read model is not served, before anything is begun, which may take long. */
  onUnserved: (() => void) | undefined;
  /** When a generation was begun because nothing was there to serve, epoch milliseconds. */
  private readonly begun = new Map<ObservedProjection, number>();
  /** Since when something has been nobody's while another node folds the rest. */
  private freeSince: number | undefined;
  /** Until when everything is left to others, by the time since the process began. */
  private asideUntil = -Infinity;

  constructor(private readonly options: OwnershipOptions) {}

  /** Looks for the first time, and has read models folded with the settings that are wanted. */
  async start(projections: readonly ObservedProjection[], now: number): Promise<void> {
    await this.look(projections, now);
    if (this.options.isRestart !== true) await applySettings(projections, this.options, now);
  }

  /**
   * Looks how the projections and their rebuilds stand, and takes those that nobody folds. Returns
   * the end of the log.
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

  /** Leaves everything to other nodes for a while. The claims are given back by the caller. */
  standAside(projections: readonly ObservedProjection[]): void {
    for (const observed of projections) observed.lose();
    this.asideUntil = performance.now() + ASIDE_MS;
  }

  /** The same without beginning anything, which is quicker. */
  async glance(projections: readonly ObservedProjection[], now: number): Promise<void> {
    await this.see(projections);
    await this.takeFree(projections, await this.options.log.head(), now);
  }

  /** What the store says. The head is read after it, or commits would seem to lie beyond it. */
  private async see(projections: readonly ObservedProjection[]): Promise<void> {
    const allStored = await this.options.generations.look(projections.map(({ spec }) => spec));
    for (const [i, observed] of projections.entries()) {
      const stored = allStored[i];
      if (stored !== undefined) observed.see(stored);
    }
    if (projections.some(({ isServing }) => !isServing)) this.onUnserved?.();
  }

  /**
   * Loses a generation that does not go with the log any more, since that was put back. It is taken
   * anew from where it goes with the log, or folded anew if that is nowhere.
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

  /** What builds, or is brought back, has to go with the log too. */
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

  /** Takes what nobody folds and goes with the log; tells what does not. */
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
    for (const one of free) judged.push(await this.judged(one, head));
    await this.acquire(judged.filter(isFit), head, now);
    return judged.filter((one) => !isFit(one));
  }

  /**
   * Whether it may take what is free. Who folds the rest takes it, too, if it can; to begin what
   * does not serve, that one is given as long as a claim lasts.
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
    for (const [i, { observed, serving }] of free.entries()) {
      const generation = acquired?.[i];
      if (generation === undefined || serving === undefined) continue;
      await observed.take(generation, servesFrom(observed, serving, head), now);
    }
  }

  /** Whether what was begun has failed: it would again, until somebody does something. */
  private hasGivenUp(observed: ObservedProjection): boolean {
    const { outcome } = observed.rebuild;
    const begunAt = this.begun.get(observed);
    if (outcome === undefined || begunAt === undefined) return false;
    return outcome.kind === 'failed' && outcome.at >= begunAt;
  }

  /** False if another node was quicker. */
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

  /** Why a read model does not go with the log, if so. */
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
 * From where a generation is served. Where the store cannot tell, a crash of the machine may have
 * taken commits back, so that it has to get to the end of the log first: but not while this node
 * has been there all the time.
 */
const servesFrom = (observed: ObservedProjection, status: GenerationRecord, head: number): number =>
  // Where this node has been may be gone from the log since.
  status.servesFrom ?? Math.min(observed.servesFrom(status.number) ?? head, head);

/** How what does not go with the log is folded anew. */
interface StartOver {
  /** The end of the log. */
  readonly head: number;
  /** Whether by itself: with the others far ahead, they would all go back for it. */
  readonly isApart: boolean;
  readonly now: number;
}

const isFit = ({ serving, unusable }: Free): boolean =>
  serving !== undefined && unusable === undefined;

type Judged = Pick<
  GenerationRecord,
  'storeId' | 'checkpoint' | 'checkpointId' | 'servesFrom' | 'fault'
>;

/** The same as far as it is known without a look at the log's events. */
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
