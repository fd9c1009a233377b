import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readableKey } from '../../domain/document-key.js';
import type { ParkedNotes } from '../../ports/parked-notes.js';
import type { ProjectionName } from '../../ports/projection.js';

/** Says in `extensions.parked` of a GraphQL answer which events it lacks, or may lack. */
export function addParkedExtension(fastify: FastifyInstance): void {
  const noted = new WeakMap<FastifyRequest, Notes>();
  fastify.addHook('preHandler', (request, _reply, next) => {
    const notes: Notes = new Map();
    noted.set(request, notes);
    current.run(notes, next);
  });
  fastify.addHook('preSerialization', async (request, _reply, payload) => {
    const notes = noted.get(request);
    if (notes === undefined || notes.size === 0 || !isAnswer(payload)) {
      return Promise.resolve(payload);
    }
    const parked = [...notes.values()].slice(0, NAMED_MAX);
    const more = notes.size - parked.length;
    const extensions = { ...payload.extensions, parked, ...(more > 0 && { parkedMore: more }) };
    return Promise.resolve({ ...payload, extensions });
  });
}

/** A document that an answer rests on, and for which events are parked. */
interface ParkedDocument {
  readonly projection: ProjectionName;
  readonly document: string;
}

/** An event that could not be read: any answer of the projection may lack it. */
interface ParkedAlone {
  readonly projection: ProjectionName;
  /** The event's position in the log, as the number by which tools for the log name it. */
  readonly position: number;
}

/** The notes of a request: each document and each event once. */
type Notes = Map<string, ParkedDocument | ParkedAlone>;

/** The most notes that an answer lists; of the others it says only how many there are. */
const NAMED_MAX = 100;

const current = new AsyncLocalStorage<Notes>();

/** Notes for the present request which events its answer lacks. */
export const requestNotes: ParkedNotes = {
  note: (projection, key) => {
    const document = readableKey(key);
    current.getStore()?.set(`${projection} ${key}`, { projection, document });
  },
  notePosition: (projection, position) => {
    current.getStore()?.set(`${projection} at ${String(position)}`, { projection, position });
  },
};

/** Says whether a body is a GraphQL answer; no other answer holds data of read models. */
const isAnswer = (payload: unknown): payload is { readonly extensions?: object } =>
  typeof payload === 'object' && payload !== null && 'data' in payload;
