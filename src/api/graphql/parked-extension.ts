import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { KEY_SEPARATOR } from '../../domain/text.js';
import type { ParkedNotes } from '../../ports/parked-notes.js';
import type { ProjectionName } from '../../ports/projection.js';

/** A document that an answer rests on, and for which events are parked. */
interface ParkedDocument {
  readonly projection: ProjectionName;
  readonly document: string;
}

/** An event that could not be read: any answer of the projection may lack it. */
interface ParkedAlone {
  readonly projection: ProjectionName;
  /** Its place in the log, as a number: as the tools for the log name it. */
  readonly position: number;
}

/** What was noted during one request, each document and each event once. */
type Notes = Map<string, ParkedDocument | ParkedAlone>;

/** An answer names so many of them, and how many more there are. */
const NAMED_MAX = 100;

const current = new AsyncLocalStorage<Notes>();

/** Takes down for the request under way what its answer lacks. */
export const requestNotes: ParkedNotes = {
  note: (projection, key) => {
    const document = key.replaceAll(KEY_SEPARATOR, ' / ');
    current.getStore()?.set(`${projection} ${key}`, { projection, document });
  },
  notePosition: (projection, position) => {
    current.getStore()?.set(`${projection} at ${String(position)}`, { projection, position });
  },
};

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

/** Whether it is an answer of GraphQL; nothing else is answered with data of read models. */
const isAnswer = (payload: unknown): payload is { readonly extensions?: object } =>
  typeof payload === 'object' && payload !== null && 'data' in payload;
