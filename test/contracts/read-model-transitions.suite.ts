import type { Generation, RebuildOutcome } from '../../src/ports/read-model/generation.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import type { Generations } from '../../src/projector/generations.js';
import { at, generationsOf, puts, spec as indexed, type ReadModels } from './read-model-store.js';
import { TRANSITIONS } from './read-model-transitions.js';

type Current = () => ReadModels;

const END: RebuildOutcome = { kind: 'switched', at: 1_700_000_000_000, detail: 'the same' };
const GONE_MS = 6_000;
/** Databases take long to make an index, and nothing of this is read by one. */
const spec = { ...indexed, indexes: [] };

/** Two writers of one store, and what the first of them believes to hold. */
class Scene {
  serving: Generation | undefined;
  building: Generation | undefined;
  readonly mine: Generations;
  private readonly others: Generations;

  constructor(
    readonly models: ReadModels,
    readonly writer: ReadModelWriter,
    other: ReadModelWriter,
  ) {
    this.mine = generationsOf(writer);
    this.others = generationsOf(other);
  }

  async serve(): Promise<void> {
    this.serving = await this.mine.start(spec, { replacing: undefined, servesFrom: 0 });
  }

  async build(): Promise<void> {
    await this.mine.begin(spec, 'nothing');
    await this.acquireBuilding();
  }

  async ready(): Promise<void> {
    await this.build();
    if (this.building !== undefined) await this.mine.offer(this.building);
    await this.acquireBuilding();
  }

  async promote(): Promise<void> {
    await this.ready();
    if (this.building !== undefined) await this.mine.promote(this.serving, this.building, END);
    await this.models.passTime(1);
  }

  /** The other writer takes over what this one believes to hold. */
  async lose(): Promise<void> {
    await this.models.passTime(GONE_MS);
    await this.others.acquire([this.serving, this.building].flatMap((one) => one ?? []));
  }

  /** The claims run out, and nobody takes them. */
  async expire(): Promise<void> {
    await this.models.passTime(GONE_MS);
  }

  async release(): Promise<void> {
    await this.mine.release([this.serving, this.building].flatMap((one) => one ?? []));
  }

  /** All generations of the suite's projection as the first writer sees them, in short. */
  async states(): Promise<string> {
    const { generations } = await this.writer.records([spec.projection]);
    return [...generations]
      .sort((a, b) => a.number - b.number)
      .map(({ state, isTaken }) => `${state}${isTaken ? ' (taken)' : ''}`)
      .join(', ');
  }

  private async acquireBuilding(): Promise<void> {
    const [stored] = await this.mine.look([spec]);
    [this.building] = (stored?.building && (await this.mine.acquire([stored.building]))) ?? [];
  }
}

/** How a store comes to be in each situation. */
const SITUATIONS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  nothing: () => Promise.resolve(),
  serving: (scene) => scene.serve(),
  'serving, run out': (scene) => scene.serve().then(() => scene.expire()),
  'serving, released': (scene) => scene.serve().then(() => scene.release()),
  'serving, lost': (scene) => scene.serve().then(() => scene.lose()),
  building: (scene) => scene.serve().then(() => scene.build()),
  'building, lost': (scene) =>
    scene
      .serve()
      .then(() => scene.build())
      .then(() => scene.lose()),
  ready: (scene) => scene.serve().then(() => scene.ready()),
  'ready, lost': (scene) =>
    scene
      .serve()
      .then(() => scene.ready())
      .then(() => scene.lose()),
  'ready, alone': (scene) => scene.ready(),
  promoted: (scene) => scene.serve().then(() => scene.promote()),
  abandoned: async (scene) => {
    await scene.serve();
    await scene.build();
    await scene.mine.abandon(spec, END);
  },
};

/** What the first writer does, and what it is answered. */
const DEEDS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  begin: ({ mine }) => mine.begin(spec, 'nothing'),
  'bring back': ({ mine }) => mine.begin(spec, 'previous'),
  start: ({ mine, serving }) =>
    mine
      .start(spec, { replacing: serving?.number, servesFrom: 0 })
      .then((started) => started !== undefined),
  acquire: ({ mine, serving, building }) =>
    mine
      .acquire([serving, building].flatMap((one) => one ?? []))
      .then((acquired) => acquired !== undefined),
  release: ({ mine, serving, building }) =>
    mine.release([serving, building].flatMap((one) => one ?? [])),
  offer: ({ mine, building, serving }) => mine.offer(building ?? serving ?? nobody()),
  promote: ({ mine, building, serving }) =>
    mine.promote(serving, building ?? serving ?? nobody(), END),
  abandon: ({ mine }) => mine.abandon(spec, END),
  discard: ({ mine, serving }) => mine.discard(serving ?? nobody()),
  commit: ({ writer, building, serving }) =>
    writer.commit(building ?? serving ?? nobody(), puts(5)).then(() => true),
  renew: ({ writer, building, serving }) => writer.renew(building ?? serving ?? nobody(), at(5)),
  keep: ({ writer, building, serving }) => writer.keep(building ?? serving ?? nobody()),
};

/** A generation that there never was. */
const nobody = (): Generation => ({
  ...{ projection: spec.projection, version: spec.version, number: 77, storeId: spec.storeId },
  settings: {},
  ...{ identity: 'nobody', checkpoint: 0, checkpointId: undefined, totals: {}, fence: 1 },
});

/** What comes of every transition in every situation: the same on all stores. */
export function describeTransitions(models: Current): void {
  test('come to the same in every situation', async () => {
    const found: string[] = [];
    const other = await models().anotherWriter();
    for (const situation of Object.keys(SITUATIONS)) {
      for (const deed of Object.keys(DEEDS)) found.push(await outcomeOf(situation, deed, other));
    }
    await other.close();
    expect(found.join('\n')).toBe(TRANSITIONS);
  });

  async function outcomeOf(
    situation: string,
    deed: string,
    other: ReadModelWriter,
  ): Promise<string> {
    const { writer } = models();
    const scene = new Scene(models(), writer, other);
    await SITUATIONS[situation]?.(scene);
    const answer = await (DEEDS[deed]?.(scene) ?? Promise.reject(new Error(deed))).then(
      (value) => (value === undefined ? 'done' : JSON.stringify(value)),
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
    const line = `${situation} | ${deed} | ${answer} | ${await scene.states()}`;
    await empty(writer);
    return line;
  }
}

/**
 * Removes all generations. Their records go first: a place whose record is in use is not dropped,
 * and what stays is looked at by every situation that follows.
 */
async function empty(writer: ReadModelWriter): Promise<void> {
  const { generations } = await writer.records([spec.projection]);
  for (const before of generations) {
    await writer.write([{ before, after: undefined, claim: 'keep', statesCheckpoint: false }]);
    await writer.drop(before);
  }
}
