import type { Totals } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationSpec,
  type RebuildOutcome,
  type RebuildStatus,
  type RebuildStore,
} from '../../../ports/read-model-store.js';
import { modelOf, outcomesIn } from './generation-records.js';
import {
  abandonFilling,
  rebuildOf,
  refillGeneration,
  removeOld,
  replaceGeneration,
} from './generation-rebuilds.js';
import { fillGeneration } from './generation-start.js';
import { FREE, held } from './generation-writes.js';
import type { MongoOwner } from './mongo-owner.js';

/** The generations that fill beside the serving ones. */
export class MongoRebuilds implements RebuildStore {
  constructor(private readonly owner: MongoOwner) {}

  look(specs: readonly GenerationSpec[]): Promise<readonly RebuildStatus[]> {
    return this.owner.run(async (session) => {
      const filling = await this.owner.find(specs, { fills: true }, session);
      const replaced = await this.owner.find(specs, { replacedAt: { $exists: true } }, session);
      const outcomes = await outcomesIn(this.owner.connection.database)
        .find({ _id: { $in: specs.map(modelOf) } }, { session, readConcern: { level: 'majority' } })
        .toArray();
      return specs.map((spec) => rebuildOf(modelOf(spec), { filling, replaced, outcomes }));
    });
  }

  begin(spec: GenerationSpec, from: 'nothing' | 'previous', now: number): Promise<boolean> {
    const { database } = this.owner.connection;
    return this.owner.run((session) => {
      const at = { database, session, now };
      return from === 'nothing' ? fillGeneration(spec, at) : refillGeneration(spec, at);
    });
  }

  otherVersion({ projection, version, storeId }: GenerationSpec): Promise<Totals | undefined> {
    return this.owner.run(async (session) => {
      const other = await this.owner.generations.findOne(
        { projection, version: { $ne: version }, storeId, serves: true },
        { session, readConcern: { level: 'majority' }, sort: { version: -1 } },
      );
      return other?.totals;
    });
  }

  async offer(filling: Generation): Promise<void> {
    const offered = { isOffered: true, ...FREE };
    const { matchedCount } = await this.owner.run((session) =>
      this.owner.generations.updateOne({ ...held(filling), fills: true }, [{ $set: offered }], {
        session,
      }),
    );
    if (matchedCount === 0) throw new CheckpointMoved(filling);
  }

  replace(
    serving: Generation | undefined,
    filling: Generation,
    end: RebuildOutcome,
  ): Promise<void> {
    const { id: owner, connection } = this.owner;
    const at = { database: connection.database, owner, expiresAt: this.owner.expiry() };
    return this.owner.runTransaction((session) =>
      replaceGeneration(serving, filling, { ...at, session, end }),
    );
  }

  abandon(spec: GenerationSpec, end: RebuildOutcome): Promise<boolean> {
    const { database } = this.owner.connection;
    return this.owner.run((session) => abandonFilling(modelOf(spec), { database, session, end }));
  }

  sweep(specs: readonly GenerationSpec[], replacedBefore: number): Promise<void> {
    const { database } = this.owner.connection;
    const before = new Date(replacedBefore);
    return this.owner.run((session) => removeOld(specs, { database, session, before }));
  }
}
