import { setTimeout as sleep } from 'node:timers/promises';
import type { ProjectionName } from '../../src/ports/projection.js';
import { generationsOf } from '../contracts/read-model-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { SECOND_MS } from '../../src/domain/time.js';
import type { GenerationWrite } from '../../src/ports/read-model/documents.js';
import { NO_PROGRESS, type Generation } from '../../src/ports/read-model/generation.js';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { appendTo, logOf } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { bandwidthOf, beats, isSwitched, spec, times } from '../support/rebuild-rig.js';
import { withResolvers } from '../support/server.js';
import { SettableClock } from '../support/settable-clock.js';
import { WriterView } from '../support/writer-view.js';

const newProjector = projectors();

describe('a generation that fills', () => {
  /** An offered one that holds nine events, counted twice, beside one that holds them once. */
  async function offeredBeside(storeId: string) {
    const writer = new MemoryReadModelStore();
    const projections = times(1);
    const log = await logOf(beats(0, 9));
    const old = await newProjector({ log, storeId, writer, projections });
    await old.settled();
    await old.stop();
    const generations = generationsOf(writer);
    await generations.begin({ ...spec, storeId }, 'nothing');
    const [stored] = await generations.look([spec]);
    const [building] = (stored?.building && (await generations.acquire([stored.building]))) ?? [];
    if (building === undefined) throw new Error('nothing is built');
    const puts = [0, 1, 2].map((i) => {
      return { key: `m${String(i)}`, body: { count: 6 }, indexValues: {} };
    });
    const totals = { folds: 9, count: 18 };
    const state = {
      deletes: [],
      checkpoint: 9,
      checkpointId: undefined,
      totals,
      parked: { puts: [], deletes: [] },
    };
    const progress = { ...NO_PROGRESS, scanned: 9 };
    await generations.offer(await writer.commit(building, { puts, ...state, progress }));
    return { writer, log, projections };
  }

  it('from another log is given up, and what serves is folded from this one', async () => {
    const { writer, projections } = await offeredBeside('another log');
    const log = await logOf(beats(0, 3));
    const projector = await newProjector({ log, writer, projections });
    await projector.ready();
    await appendTo(log, beats(3, 12));
    await projector.settled();
    expect(bandwidthOf(projector.progress()).rebuild).toMatchObject({
      building: undefined,
      outcome: { kind: 'failed', detail: 'its read model was folded from another log' },
    });
    expect(await readModelText(writer, projections)).toBe(onePassText(beats(0, 12), projections));
  });

  it('elsewhere is waited for; what is broken goes at once, which is told once', async () => {
    const store = new MemoryReadModelStore({ clock: new SettableClock(NOON) });
    const projections = times(1).filter(({ name }) => name === 'bandwidth');
    class Broken extends WriterView {
      isBroken = false;
      override async records(names: readonly ProjectionName[]) {
        const records = await super.records(names);
        const generations = records.generations.map((one) => {
          return one.state === 'serving' && this.isBroken ? { ...one, fault: 'it is gone' } : one;
        });
        return { ...records, generations };
      }
    }
    const writer = new Broken(store);
    const projector = await newProjector({ log: await logOf(beats(0, 9)), writer, projections });
    await projector.settled();
    const elsewhere = generationsOf(store.anotherOwner());
    const [serving] = (await store.records(['bandwidth'])).generations;
    await elsewhere.begin({ ...spec, ...serving }, 'nothing');
    const [status] = await elsewhere.look([spec]);
    const building = status?.building;
    expect(building && (await elsewhere.acquire([building]))).toHaveLength(1);
    writer.isBroken = true;
    await projector.until(() => projector.startedOver.length > 0);
    await sleep(2.5 * SECOND_MS);
    expect(projector.startedOver).toEqual(['bandwidth: it is gone']);
    const { generations } = await store.records(['bandwidth']);
    expect(generations.map(({ state }) => state).sort()).toEqual(['building', 'removed']);
  });

  it('does not make a read model serve that has not caught up since the start', async () => {
    const { writer, log, projections } = await offeredBeside('this log');
    await appendTo(log, beats(9, 200));
    const setup = { log, storeId: 'this log', writer, projections, batchEventsMax: 10 };
    // As in a data folder after a crash of the machine, which may have taken commits back.
    const unsure = new (class extends WriterView {
      override async records(projections: readonly ProjectionName[]) {
        const found = await super.records(projections);
        const generations = found.generations.map((one) => ({ ...one, servesFrom: undefined }));
        return { ...found, generations };
      }
    })(writer);
    const projector = await newProjector({ ...setup, writer: unsure });
    await projector.until(isSwitched);
    await projector.settled();
    const early = projector.told.filter((told) => {
      const { servesFrom, scanned } = bandwidthOf(told);
      return scanned >= servesFrom && scanned < 200;
    });
    expect(early).toEqual([]);
  });

  it('is left to the node that folds what serves, if that is another one by now', async () => {
    const clock = new SettableClock(NOON);
    const store = new MemoryReadModelStore({ clock });
    const log = await logOf(beats(0, 9));
    class Slow extends WriterView {
      readonly joined = withResolvers<undefined>();
      readonly goOn = withResolvers<undefined>();
      /** The number of what serves. */
      serves = Infinity;
      private isToWait = false;

      override async write(...[changes, ended]: Parameters<WriterView['write']>) {
        const isWritten = await super.write(changes, ended);
        const hasJoined = changes.some(
          ({ claim, after }) => claim === 'acquire' && (after?.number ?? 0) > this.serves,
        );
        const isReady = changes.some(({ after }) => after?.state === 'ready');
        if (hasJoined && isReady && (await log.head()) === 9) {
          this.isToWait = true;
          await appendTo(log, beats(9, 10));
        }
        return isWritten;
      }

      override async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
        if (this.isToWait && generation.number === this.serves) {
          this.isToWait = false;
          this.joined.resolve(undefined);
          await this.goOn.promise;
        }
        return super.commit(generation, write);
      }
    }
    const slow = new Slow(store);
    const projections = [counting('bandwidth')];
    const first = await newProjector({ log, clock, writer: slow, projections });
    await first.settled();
    slow.serves = first.progress()[0]?.generation ?? Infinity;
    await first.rebuild('bandwidth');
    await slow.joined.promise;
    clock.advance(CLAIM_MS + SECOND_MS);
    const heir = await newProjector({ log, clock, writer: store.anotherOwner(), projections });
    await appendTo(log, beats(10, 30));
    await heir.settled();
    slow.goOn.resolve(undefined);
    await heir.until(isSwitched);
    const switched = bandwidthOf(heir.progress()).rebuild.outcome;
    expect(switched?.detail).toBe('the same totals');
    expect(await readModelText(store, projections)).toBe(onePassText(beats(0, 30), projections));
  });
});
