import type { AnyBulkWriteOperation, Filter } from 'mongodb';
import type { Generation, GenerationWrite, ParkedChange } from '../../../ports/read-model-store.js';
import {
  idOf,
  parkedIdOf,
  type DocumentRecord,
  type GenerationRecord,
  type ParkedRecord,
} from './generation-records.js';

export const NEXT_FENCE = { $add: ['$fence', 1] };

/** Nobody's any more; who had it has to claim it again. */
export const FREE = { owner: null, session: null, fence: NEXT_FENCE, expiresAt: '$$NOW' };

/** A value that an update's pipeline takes as it is. */
export const literal = (value: object): object => ({ $literal: value });

/** What a writer may write: what it has the latest claim on. */
export const held = (generation: Generation): Filter<GenerationRecord> => ({
  _id: idOf(generation),
  fence: generation.fence,
});

export function parkedOperationsOf({
  puts,
  deletes,
}: ParkedChange): readonly AnyBulkWriteOperation<ParkedRecord>[] {
  return [
    ...deletes.map((one) => ({ deleteOne: { filter: { _id: parkedIdOf(one) } } })),
    ...puts.map((one) => ({
      replaceOne: { filter: { _id: parkedIdOf(one) }, replacement: one, upsert: true },
    })),
  ];
}

export function operationsOf({
  puts,
  deletes,
}: GenerationWrite): readonly AnyBulkWriteOperation<DocumentRecord>[] {
  return [
    ...puts.map(({ key, body, indexValues }) => ({
      replaceOne: { filter: { _id: key }, replacement: { body, by: indexValues }, upsert: true },
    })),
    ...deletes.map((key) => ({ deleteOne: { filter: { _id: key } } })),
  ];
}
