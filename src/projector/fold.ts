import type { Recorded } from '../domain/event.js';
import type { Projection } from '../ports/projection.js';
import type { DocumentWrite, StoredDocument } from '../ports/read-model-store.js';

/** The documents that a batch of events touches, and for each the events in log order. */
export type EventsByKey = ReadonlyMap<string, readonly Recorded[]>;

export function groupByKey(projection: Projection, events: readonly Recorded[]): EventsByKey {
  const groups = new Map<string, Recorded[]>();
  for (const event of events) {
    for (const key of projection.keysOf(event)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [event]);
      else group.push(event);
    }
  }
  return groups;
}

/** What a batch makes of the documents that it touches; untouched ones are left out. */
export function fold(
  projection: Projection,
  groups: EventsByKey,
  loaded: readonly StoredDocument[],
): { readonly puts: readonly DocumentWrite[]; readonly deletes: readonly string[] } {
  const bodies = new Map(loaded.map(({ key, body }) => [key, body]));
  const puts: DocumentWrite[] = [];
  const deletes: string[] = [];
  for (const [key, events] of groups) {
    const before = bodies.get(key);
    let body: object | undefined = before;
    for (const event of events) body = projection.evolve(body, event, key);
    if (body === before) continue;
    if (body === undefined) deletes.push(key);
    else puts.push({ key, body, indexValues: projection.indexValuesOf(body, key) });
  }
  return { puts, deletes };
}
