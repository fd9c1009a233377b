import type { PlayheadClient } from './client.js';
import { catalogue } from './catalogue.js';
import type { StreamingEvent } from './recordings.js';

/** Events that one request may hold. */
const batchEventsMax = 1_000;
/** Requests under way at once: enough to keep the server busy while answers travel. */
const requestsInFlight = 4;

const registration = `mutation ($input: MediaInput!) { registerMedia(input: $input) { id } }`;
const recording = `mutation ($inputs: [StreamingEventInput!]!) {
  recordStreamingEvents(inputs: $inputs) { accepted duplicates position }
}`;

interface Receipt {
  readonly recordStreamingEvents: { accepted: number; duplicates: number; position: string };
}

export async function registerCatalogue(client: PlayheadClient): Promise<void> {
  await Promise.all(
    catalogue.map(({ mediaId, title, minutes, isLive = false }) =>
      client.ask(registration, {
        input: { mediaId, title, ...(!isLive && { duration: minutes * 60 }) },
      }),
    ),
  );
}

/** Sends every session; returns the positions to read after, the last one of each lane. */
export async function sendSessions(
  client: PlayheadClient,
  sessions: readonly (readonly StreamingEvent[])[],
): Promise<string[]> {
  const batches = toBatches(sessions);
  const lane = async (): Promise<string | undefined> => {
    let position: string | undefined;
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const { data } = await client.ask<Receipt>(recording, { inputs: batch });
      const { accepted, duplicates } = data.recordStreamingEvents;
      if (accepted + duplicates !== batch.length) {
        throw new Error(`${String(accepted)} of ${String(batch.length)} events were accepted`);
      }
      position = data.recordStreamingEvents.position;
    }
    return position;
  };
  const positions = await Promise.all(Array.from({ length: requestsInFlight }, lane));
  return positions.filter((position) => position !== undefined);
}

/** Puts whole sessions into batches: the events of a stream are appended at once. */
export function toBatches(sessions: readonly (readonly StreamingEvent[])[]): StreamingEvent[][] {
  const batches: StreamingEvent[][] = [];
  let batch: StreamingEvent[] = [];
  for (const session of sessions) {
    if (batch.length + session.length > batchEventsMax) {
      batches.push(batch);
      batch = [];
    }
    batch.push(...session);
  }
  return [...batches, batch].filter(({ length }) => length > 0);
}
